-- The rule of `reasons.reason` for all holdouts of a campaign; `failed_on` is a step into the
-- partial index on daily use after a failed AUTH.
UPDATE campaign_holdout AS holdout
SET reason = found.reason
FROM (
    SELECT tried.id,
           CASE
               WHEN tried.standing NOT IN ('holdout', 'mixed') THEN ''
               WHEN tried.failed_on >= %(quiet_since)s
                    AND (tried.last_auth_on IS NULL OR tried.failed_on >= tried.last_auth_on) THEN 'auth_failed'
               WHEN tried.standing = 'mixed' THEN 'second_device'
               WHEN tried.last_auth_on IS NULL AND tried.failed_on IS NULL THEN 'never_tried'
               ELSE ''
           END AS reason
    FROM (
        SELECT known.id,
               known.standing,
               known.last_auth_on,
               (SELECT MAX(use.day) FROM campaign_dailyuse AS use
                WHERE use.customer_id = known.customer_id
                  AND use.submission_class = %(legacy)s
                  AND use.day <= %(day)s
                  AND use.auth_failed > 0
               ) AS failed_on
        FROM campaign_holdout AS known
        WHERE known.campaign_id = %(campaign)s
    ) AS tried
) AS found
WHERE holdout.id = found.id AND holdout.reason <> found.reason
