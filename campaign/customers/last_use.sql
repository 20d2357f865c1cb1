-- The last legacy and the last authenticated day of the holdouts of a campaign, up to a day, and what they
-- show of its reason, for those with use from `start` on: what was known of the others, and of the days before,
-- is still true. What is looked up is a step into daily use's primary key (customer, class, day). Rows that would
-- stay as they are are left alone. A holdout without any evidence keeps its last known legacy day, and the range of its addresses; its sign says
-- so. Of several addresses on the last day the first counts, in the order of their text.
WITH touched AS MATERIALIZED (
    SELECT customer_id, MAX(legacy_on) AS legacy_on, MAX(auth_on) AS auth_on
    FROM (SELECT use.customer_id,
                 CASE WHEN use.submission_class = %(legacy)s THEN use.day END AS legacy_on,
                 CASE WHEN use.submission_class = %(auth)s THEN use.day END AS auth_on
          FROM campaign_dailyuse AS use
          WHERE use.day BETWEEN %(start)s AND %(day)s AND use.submission_class IN (%(legacy)s, %(auth)s)
          UNION ALL
          SELECT known.customer_id, NULL, NULL
          FROM campaign_holdout AS known
          WHERE known.campaign_id = %(campaign)s
            AND (known.last_legacy_on >= %(start)s OR known.last_auth_on >= %(start)s
                 OR (known.last_range = '' AND known.last_legacy_on >= %(kept_from)s))
         ) AS seen
    GROUP BY customer_id
),
latest AS MATERIALIZED (
    SELECT known.id,
           known.customer_id,
           CASE
               WHEN touched.legacy_on IS NOT NULL THEN touched.legacy_on
               WHEN known.last_legacy_on < %(start)s AND known.last_sign <> 'gone' THEN known.last_legacy_on
               ELSE (SELECT MAX(use.day) FROM campaign_dailyuse AS use
                     WHERE use.customer_id = known.customer_id
                       AND use.submission_class = %(legacy)s
                       AND use.day <= %(day)s)
           END AS legacy_on,
           CASE
               WHEN touched.auth_on IS NOT NULL THEN touched.auth_on
               WHEN known.last_auth_on < %(start)s THEN known.last_auth_on
               ELSE (SELECT MAX(use.day) FROM campaign_dailyuse AS use
                     WHERE use.customer_id = known.customer_id
                       AND use.submission_class = %(auth)s
                       AND use.day <= %(day)s)
           END AS auth_on
    FROM touched
    JOIN campaign_holdout AS known
        ON known.customer_id = touched.customer_id AND known.campaign_id = %(campaign)s
),
found AS MATERIALIZED (
    SELECT latest.id,
           legacy.day AS legacy_on,
           legacy.last_at AS legacy_at,
           auth.day AS auth_on,
           auth.last_at AS auth_at,
           CASE
               WHEN legacy.day IS NULL THEN 'gone'
               WHEN legacy.machine_like THEN 'machine'
               WHEN legacy.client_program <> '' AND legacy.client_program = auth.client_program
                    AND legacy.beside_auth > 0 AND legacy.last_at > auth.last_at THEN 'one_program'
               WHEN legacy.at_old_door = legacy.submissions THEN 'old_door'
               ELSE ''
           END AS sign,
           COALESCE(campaign_range_of(legacy.addresses ->> 0), '') AS last_range
    FROM latest
    LEFT JOIN campaign_dailyuse AS legacy
        ON legacy.customer_id = latest.customer_id
       AND legacy.submission_class = %(legacy)s
       AND legacy.day = latest.legacy_on
    LEFT JOIN campaign_dailyuse AS auth
        ON auth.customer_id = latest.customer_id
       AND auth.submission_class = %(auth)s
       AND auth.day = latest.auth_on
)
UPDATE campaign_holdout AS holdout
SET last_legacy_on = COALESCE(found.legacy_on, holdout.last_legacy_on),
    last_legacy_at = COALESCE(found.legacy_at, holdout.last_legacy_at),
    last_auth_on = found.auth_on,
    last_auth_at = found.auth_at,
    last_sign = found.sign,
    last_range = CASE WHEN found.legacy_on IS NULL THEN holdout.last_range ELSE found.last_range END
FROM found
WHERE holdout.id = found.id
  AND (found.legacy_on <> holdout.last_legacy_on
       OR found.legacy_at <> holdout.last_legacy_at
       OR found.auth_on IS DISTINCT FROM holdout.last_auth_on
       OR found.auth_at IS DISTINCT FROM holdout.last_auth_at
       OR found.sign <> holdout.last_sign
       OR (found.legacy_on IS NOT NULL AND found.last_range <> holdout.last_range))
