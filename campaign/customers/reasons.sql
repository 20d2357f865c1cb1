-- The rules of `reasons.py` for all holdouts of a campaign. `failed_on` and `forwarded_on` are steps into
-- partial indexes on daily use, the others into its key (customer, class, day): no days are read through.
UPDATE campaign_holdout AS holdout
SET reason = found.reason
FROM (
    SELECT seen.id,
           CASE
               WHEN seen.failed_on >= %(quiet_since)s
                    AND (seen.auth_on IS NULL OR seen.failed_on >= seen.auth_on) THEN 'auth_failed'
               WHEN seen.forwarded_on >= %(quiet_since)s THEN 'forwarder'
               WHEN seen.machine_like THEN 'device_or_printer'
               WHEN seen.standing = 'mixed' THEN
                   CASE WHEN seen.legacy_program <> '' AND seen.legacy_program = seen.auth_program
                             AND seen.beside_auth > 0 AND seen.last_legacy_at > seen.last_auth_at
                        THEN 'old_host_or_port' ELSE 'second_device' END
               WHEN (seen.auth_on IS NOT NULL OR seen.failed_on IS NOT NULL)
                    AND seen.at_old_door = seen.submissions THEN 'old_host_or_port'
               WHEN %(legacy)s = 'local_port25'
                    AND (seen.pop_on IS NULL OR seen.pop_on < %(quiet_since)s) THEN 'own_network_only'
               WHEN seen.auth_on IS NULL AND seen.failed_on IS NULL THEN 'never_tried'
               ELSE ''
           END AS reason
    FROM (
        SELECT known.id,
               known.standing,
               known.last_legacy_at,
               known.last_auth_at,
               known.last_auth_on AS auth_on,
               legacy.client_program AS legacy_program,
               legacy.submissions,
               legacy.at_old_door,
               legacy.beside_auth,
               COALESCE(legacy.machine_like, FALSE) AS machine_like,
               auth.client_program AS auth_program,
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
        LEFT JOIN campaign_dailyuse AS legacy
            ON legacy.customer_id = known.customer_id
           AND legacy.submission_class = %(legacy)s
           AND legacy.day = known.last_legacy_on
        LEFT JOIN campaign_dailyuse AS auth
            ON known.standing = 'mixed'
           AND auth.customer_id = known.customer_id
           AND auth.submission_class = %(auth)s
           AND auth.day = known.last_auth_on
        WHERE known.campaign_id = %(campaign)s AND known.standing IN ('holdout', 'mixed')
    ) AS seen
    UNION ALL
    SELECT gone.id, ''
    FROM campaign_holdout AS gone
    WHERE gone.campaign_id = %(campaign)s AND gone.standing NOT IN ('holdout', 'mixed')
) AS found
WHERE holdout.id = found.id AND holdout.reason <> found.reason
