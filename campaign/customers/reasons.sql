-- The rules of `reasons.py` for all holdouts of a campaign; what the last days show of them is with each
-- holdout already. Failed AUTH and many senders are read from their partial indexes, which are short.
WITH failed AS MATERIALIZED (
    SELECT customer_id, MAX(day) AS day
    FROM campaign_dailyuse
    WHERE submission_class = %(legacy)s AND day <= %(day)s AND auth_failed > 0
    GROUP BY customer_id
),
forwarded AS MATERIALIZED (
    SELECT customer_id, MAX(day) AS day
    FROM campaign_dailyuse
    WHERE submission_class = %(legacy)s AND day <= %(day)s AND foreign_senders >= 5
    GROUP BY customer_id
),
popped AS MATERIALIZED (
    SELECT DISTINCT customer_id
    FROM campaign_dailyuse
    WHERE %(legacy)s = 'local_port25'
      AND submission_class = 'pop_before_smtp'
      AND day BETWEEN %(quiet_since)s AND %(day)s
),
found AS MATERIALIZED (
    SELECT known.id,
           CASE
               WHEN known.standing NOT IN ('holdout', 'mixed') THEN ''
               WHEN failed.day >= %(quiet_since)s
                    AND (known.last_auth_on IS NULL OR failed.day >= known.last_auth_on) THEN 'auth_failed'
               WHEN forwarded.day >= %(quiet_since)s THEN 'forwarder'
               WHEN known.last_sign = 'machine' THEN 'device_or_printer'
               WHEN known.standing = 'mixed' AND known.last_sign = 'one_program' THEN 'old_host_or_port'
               WHEN known.standing = 'mixed' THEN 'second_device'
               WHEN known.last_sign = 'old_door'
                    AND (known.last_auth_on IS NOT NULL OR failed.day IS NOT NULL) THEN 'old_host_or_port'
               WHEN %(legacy)s = 'local_port25' AND popped.customer_id IS NULL THEN 'own_network_only'
               WHEN known.last_auth_on IS NULL AND failed.day IS NULL THEN 'never_tried'
               ELSE ''
           END AS reason
    FROM campaign_holdout AS known
    LEFT JOIN failed ON failed.customer_id = known.customer_id
    LEFT JOIN forwarded ON forwarded.customer_id = known.customer_id
    LEFT JOIN popped ON popped.customer_id = known.customer_id
    WHERE known.campaign_id = %(campaign)s
)
UPDATE campaign_holdout AS holdout
SET reason = found.reason
FROM found
WHERE holdout.id = found.id AND holdout.reason <> found.reason
