-- Who stands elsewhere on a day than before: the rule of `status.standing` for all holdouts of a
-- campaign. Days before were evaluated already, those from `start` on anew; nothing is known of days after.
-- Whatever a holdout's own columns tell of the day is taken from there: few have to be looked up.
-- MATERIALIZED, since SQLite would otherwise look up the days again for each place that names them.
INSERT INTO campaign_standingchange (holdout_id, day, standing, previous)
WITH anew AS MATERIALIZED (
    SELECT change.holdout_id, change.standing
    FROM (SELECT holdout_id, MAX(day) AS day FROM campaign_standingchange
          WHERE day >= %(start)s AND day < %(day)s
          GROUP BY holdout_id) AS newest
    JOIN campaign_standingchange AS change
        ON change.holdout_id = newest.holdout_id AND change.day = newest.day
),
latest AS MATERIALIZED (
    SELECT holdout.id,
           holdout.customer_id,
           CASE
               WHEN holdout.last_sign = 'gone' THEN NULL
               WHEN holdout.last_legacy_on <= %(day)s THEN holdout.last_legacy_on
               ELSE (SELECT MAX(use.day) FROM campaign_dailyuse AS use
                     WHERE use.customer_id = holdout.customer_id
                       AND use.submission_class = %(legacy)s
                       AND use.day <= %(day)s)
           END AS legacy_on,
           CASE
               WHEN holdout.last_auth_on IS NULL OR holdout.last_auth_on <= %(day)s THEN holdout.last_auth_on
               ELSE (SELECT MAX(use.day) FROM campaign_dailyuse AS use
                     WHERE use.customer_id = holdout.customer_id
                       AND use.submission_class = %(auth)s
                       AND use.day <= %(day)s)
           END AS auth_on,
           CASE
               WHEN anew.holdout_id IS NOT NULL THEN anew.standing
               WHEN holdout.standing_since < %(start)s THEN holdout.standing
               ELSE COALESCE(
                   (SELECT change.standing FROM campaign_standingchange AS change
                    WHERE change.holdout_id = holdout.id AND change.day < %(start)s
                    ORDER BY change.day DESC
                    LIMIT 1),
                   '')
           END AS previous
    FROM campaign_holdout AS holdout
    LEFT JOIN anew ON anew.holdout_id = holdout.id
    WHERE holdout.campaign_id = %(campaign)s AND holdout.identified_on <= %(day)s
),
exempt AS MATERIALIZED (
    SELECT DISTINCT customer_id
    FROM campaign_exemption
    WHERE campaign_id = %(campaign)s AND from_day <= %(day)s AND until >= %(day)s
),
stood AS MATERIALIZED (
    SELECT latest.id,
           latest.previous,
           CASE
               WHEN exempt.customer_id IS NOT NULL THEN 'exempt'
               WHEN latest.legacy_on >= %(quiet_since)s AND latest.auth_on > latest.legacy_on THEN 'moving'
               WHEN latest.legacy_on >= %(quiet_since)s AND latest.auth_on >= %(quiet_since)s THEN 'mixed'
               WHEN latest.legacy_on >= %(quiet_since)s THEN 'holdout'
               WHEN latest.auth_on > latest.legacy_on THEN 'migrated'
               ELSE 'silent'
           END AS standing
    FROM latest
    LEFT JOIN exempt ON exempt.customer_id = latest.customer_id
)
SELECT id, %(day)s, standing, previous
FROM stood
WHERE standing <> previous
