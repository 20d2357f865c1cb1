-- The last legacy and the last authenticated day of every holdout of a campaign, up to a day.
-- Each is one step into daily use's primary key (customer, class, day). Rows that would stay
-- as they are are left alone. A holdout without any evidence keeps its last known legacy day.
WITH latest AS MATERIALIZED (
    SELECT known.id,
           known.customer_id,
           (SELECT MAX(use.day) FROM campaign_dailyuse AS use
            WHERE use.customer_id = known.customer_id AND use.submission_class = %(legacy)s AND use.day <= %(day)s
           ) AS legacy_on,
           (SELECT MAX(use.day) FROM campaign_dailyuse AS use
            WHERE use.customer_id = known.customer_id AND use.submission_class = %(auth)s AND use.day <= %(day)s
           ) AS auth_on
    FROM campaign_holdout AS known
    WHERE known.campaign_id = %(campaign)s
)
UPDATE campaign_holdout AS holdout
SET last_legacy_on = COALESCE(legacy.day, holdout.last_legacy_on),
    last_legacy_at = COALESCE(legacy.last_at, holdout.last_legacy_at),
    last_auth_on = auth.day,
    last_auth_at = auth.last_at
FROM latest
LEFT JOIN campaign_dailyuse AS legacy
    ON legacy.customer_id = latest.customer_id
   AND legacy.submission_class = %(legacy)s
   AND legacy.day = latest.legacy_on
LEFT JOIN campaign_dailyuse AS auth
    ON auth.customer_id = latest.customer_id
   AND auth.submission_class = %(auth)s
   AND auth.day = latest.auth_on
WHERE holdout.id = latest.id
  AND (legacy.day <> holdout.last_legacy_on
       OR legacy.last_at <> holdout.last_legacy_at
       OR auth.day IS DISTINCT FROM holdout.last_auth_on
       OR auth.last_at IS DISTINCT FROM holdout.last_auth_at)
