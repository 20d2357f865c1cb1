-- The newest program that each customer with use from a day on was seen with. Legacy use goes before
-- SMTP-AUTH whatever the days: the program that still sends the old way is the one whose guide is
-- wanted; of both legacy ways on one day POP before SMTP. A program no longer in evidence goes. What
-- the customer has told stays until the logs of a later day show one.
-- A customer's days before `start` are looked up only where the days since do not settle it.
WITH touched AS MATERIALIZED (
    SELECT customer_id, MAX(pop_day) AS pop_day, MAX(port25_day) AS port25_day, MAX(auth_day) AS auth_day
    FROM (SELECT use.customer_id,
                 CASE WHEN use.submission_class = 'pop_before_smtp' THEN use.day END AS pop_day,
                 CASE WHEN use.submission_class = 'local_port25' THEN use.day END AS port25_day,
                 CASE WHEN use.submission_class = 'smtp_auth' THEN use.day END AS auth_day
          FROM campaign_dailyuse AS use
          WHERE use.day BETWEEN %(start)s AND %(today)s AND use.client_program <> ''
          UNION ALL
          SELECT known.id, NULL, NULL, NULL FROM campaign_customer AS known WHERE known.client_seen_on >= %(start)s
         ) AS since
    GROUP BY customer_id
),
legacy AS MATERIALIZED (
    SELECT customer_id AS id,
           auth_day,
           CASE
               WHEN pop_day IS NOT NULL THEN pop_day
               WHEN port25_day IS NOT NULL THEN NULL
               ELSE (SELECT MAX(use.day) FROM campaign_dailyuse AS use
                     WHERE use.customer_id = touched.customer_id AND use.submission_class = 'pop_before_smtp'
                       AND use.day <= %(today)s AND use.client_program <> '')
           END AS pop_day,
           CASE
               WHEN port25_day IS NOT NULL THEN port25_day
               WHEN pop_day IS NOT NULL THEN NULL
               ELSE (SELECT MAX(use.day) FROM campaign_dailyuse AS use
                     WHERE use.customer_id = touched.customer_id AND use.submission_class = 'local_port25'
                       AND use.day <= %(today)s AND use.client_program <> '')
           END AS port25_day
    FROM touched
),
seen AS MATERIALIZED (
    SELECT id,
           pop_day,
           port25_day,
           CASE
               WHEN pop_day IS NOT NULL OR port25_day IS NOT NULL THEN NULL
               WHEN auth_day IS NOT NULL THEN auth_day
               ELSE (SELECT MAX(use.day) FROM campaign_dailyuse AS use
                     WHERE use.customer_id = legacy.id AND use.submission_class = 'smtp_auth'
                       AND use.day <= %(today)s AND use.client_program <> '')
           END AS auth_day
    FROM legacy
),
newest AS MATERIALIZED (
    SELECT id,
           CASE
               WHEN port25_day IS NULL AND pop_day IS NULL THEN 'smtp_auth'
               WHEN port25_day IS NULL OR pop_day >= port25_day THEN 'pop_before_smtp'
               ELSE 'local_port25'
           END AS submission_class,
           CASE
               WHEN port25_day IS NULL AND pop_day IS NULL THEN auth_day
               WHEN port25_day IS NULL OR pop_day >= port25_day THEN pop_day
               ELSE port25_day
           END AS day
    FROM seen
)
UPDATE campaign_customer AS customer
SET client_program = COALESCE(shown.client_program, ''),
    client_seen_on = shown.day,
    client_told_on = NULL
FROM newest
LEFT JOIN campaign_dailyuse AS shown
    ON shown.customer_id = newest.id
   AND shown.submission_class = newest.submission_class
   AND shown.day = newest.day
WHERE customer.id = newest.id
  AND (customer.client_seen_on IS DISTINCT FROM shown.day
       OR customer.client_program <> COALESCE(shown.client_program, ''))
  AND (customer.client_told_on IS NULL OR shown.day > customer.client_told_on)
