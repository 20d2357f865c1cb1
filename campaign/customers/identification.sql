-- New holdouts of a campaign, and those dated anew: the rule of `status.identified_on` for all customers with
-- legacy use on the changed days, {days}, and all holdouts that such days identified. Whoever was identified
-- before the first of these days, `start`, stays as he is. Where new ones stand is found out right after.
INSERT INTO campaign_holdout (campaign_id, customer_id, identified_on, first_legacy_on, last_legacy_on,
                              last_legacy_at, standing, standing_since, relapsed, reason, client_program)
WITH concerned AS MATERIALIZED (
    SELECT use.customer_id
    FROM campaign_dailyuse AS use
    LEFT JOIN campaign_holdout AS known ON known.campaign_id = %(campaign)s AND known.customer_id = use.customer_id
    WHERE use.submission_class = %(legacy)s
      AND use.day {days}
      AND (known.id IS NULL OR known.identified_on >= %(start)s)
    UNION
    SELECT known.customer_id
    FROM campaign_holdout AS known
    WHERE known.campaign_id = %(campaign)s AND known.identified_on >= %(start)s
),
first AS MATERIALIZED (
    SELECT concerned.customer_id,
           (SELECT MIN(use.day) FROM campaign_dailyuse AS use
            WHERE use.customer_id = concerned.customer_id AND use.submission_class = %(legacy)s
              AND use.day <= %(day)s) AS day
    FROM concerned
),
evidence AS MATERIALIZED (
    SELECT first.customer_id,
           first.day,
           use.last_at,
           CASE
               WHEN use.confirmed > 0 THEN first.day
               ELSE (SELECT MIN(later.day) FROM campaign_dailyuse AS later
                     WHERE later.customer_id = first.customer_id AND later.submission_class = %(legacy)s
                       AND later.day > first.day AND later.day <= %(day)s)
           END AS identified_on
    FROM first
    JOIN campaign_dailyuse AS use
        ON use.customer_id = first.customer_id AND use.submission_class = %(legacy)s AND use.day = first.day
)
SELECT %(campaign)s, customer_id, identified_on, day, day, last_at, 'holdout', identified_on, FALSE, '', ''
FROM evidence
WHERE identified_on IS NOT NULL
ORDER BY customer_id
ON CONFLICT (campaign_id, customer_id) DO UPDATE
SET identified_on = excluded.identified_on, first_legacy_on = excluded.first_legacy_on
WHERE campaign_holdout.identified_on <> excluded.identified_on
   OR campaign_holdout.first_legacy_on <> excluded.first_legacy_on
