-- The rules of `reasons.py` for all holdouts of a campaign; what the last days show of them is with each
-- holdout already. `failed_on` and `forwarded_on` are steps into partial indexes on daily use, `pop_on`
-- one into its key: no days are read through.
UPDATE campaign_holdout AS holdout
SET reason = found.reason
FROM (
    SELECT seen.id,
           CASE
               WHEN seen.standing NOT IN ('holdout', 'mixed') THEN ''
               WHEN seen.failed_on >= %(quiet_since)s
                    AND (seen.last_auth_on IS NULL OR seen.failed_on >= seen.last_auth_on) THEN 'auth_failed'
               WHEN seen.forwarded_on >= %(quiet_since)s THEN 'forwarder'
               WHEN seen.last_sign = 'machine' THEN 'device_or_printer'
               WHEN seen.standing = 'mixed' AND seen.last_sign = 'one_program' THEN 'old_host_or_port'
               WHEN seen.standing = 'mixed' THEN 'second_device'
               WHEN seen.last_sign = 'old_door'
                    AND (seen.last_auth_on IS NOT NULL OR seen.failed_on IS NOT NULL) THEN 'old_host_or_port'
               WHEN %(legacy)s = 'local_port25'
                    AND (seen.pop_on IS NULL OR seen.pop_on < %(quiet_since)s) THEN 'own_network_only'
               WHEN seen.last_auth_on IS NULL AND seen.failed_on IS NULL THEN 'never_tried'
               ELSE ''
           END AS reason
    FROM (
        SELECT known.id,
               known.standing,
               known.last_auth_on,
               known.last_sign,
               (SELECT MAX(use.day) FROM campaign_dailyuse AS use
                WHERE use.customer_id = known.customer_id
                  AND use.submission_class = %(legacy)s
                  AND use.day <= %(day)s
                  AND use.auth_failed > 0
               ) AS failed_on,
               (SELECT MAX(use.day) FROM campaign_dailyuse AS use
                WHERE use.customer_id = known.customer_id
                  AND use.submission_class = %(legacy)s
                  AND use.day <= %(day)s
                  AND use.foreign_senders >= 5
               ) AS forwarded_on,
               CASE WHEN %(legacy)s = 'local_port25' THEN
                   (SELECT MAX(use.day) FROM campaign_dailyuse AS use
                    WHERE use.customer_id = known.customer_id
                      AND use.submission_class = 'pop_before_smtp'
                      AND use.day <= %(day)s)
               END AS pop_on
        FROM campaign_holdout AS known
        WHERE known.campaign_id = %(campaign)s
    ) AS seen
) AS found
WHERE holdout.id = found.id AND holdout.reason <> found.reason
