-- Who stands elsewhere on a day than before: the rule of `status.standing` for all holdouts of a
-- campaign. Days before were evaluated already; nothing is known of days after.
INSERT INTO campaign_standingchange (holdout_id, day, standing, previous)
SELECT stood.id, %(day)s, stood.standing, stood.previous
FROM (
    SELECT latest.id,
           latest.previous,
           CASE
               WHEN EXISTS (
                   SELECT 1 FROM campaign_exemption AS exemption
                   WHERE exemption.customer_id = latest.customer_id
                     AND exemption.campaign_id = %(campaign)s
                     AND exemption.from_day <= %(day)s
                     AND exemption.until >= %(day)s
               ) THEN 'exempt'
               WHEN latest.legacy_on >= %(quiet_since)s AND latest.auth_on > latest.legacy_on THEN 'moving'
               WHEN latest.legacy_on >= %(quiet_since)s AND latest.auth_on >= %(quiet_since)s THEN 'mixed'
               WHEN latest.legacy_on >= %(quiet_since)s THEN 'holdout'
               WHEN latest.auth_on > latest.legacy_on THEN 'migrated'
               ELSE 'silent'
           END AS standing
    FROM (
        SELECT holdout.id,
               holdout.customer_id,
               (SELECT MAX(use.day) FROM campaign_dailyuse AS use
                WHERE use.customer_id = holdout.customer_id
                  AND use.submission_class = %(legacy)s
                  AND use.day <= %(day)s
               ) AS legacy_on,
               (SELECT MAX(use.day) FROM campaign_dailyuse AS use
                WHERE use.customer_id = holdout.customer_id
                  AND use.submission_class = %(auth)s
                  AND use.day <= %(day)s
               ) AS auth_on,
               COALESCE(
                   (SELECT change.standing FROM campaign_standingchange AS change
                    WHERE change.holdout_id = holdout.id AND change.day < %(day)s
                    ORDER BY change.day DESC
                    LIMIT 1),
                   ''
               ) AS previous
        FROM campaign_holdout AS holdout
        WHERE holdout.campaign_id = %(campaign)s AND holdout.identified_on <= %(day)s
    ) AS latest
) AS stood
WHERE stood.standing <> stood.previous
