-- One day's use from the table `submission`, a row for each customer and class, with what
-- campaign/customers/reasons.py asks of it: where, beside what, for whom and by what it was sent.
-- The columns are those of the table daily use, with `login` for the customer; both databases read times in UTC as text.
WITH door AS (
    -- One server's port, where the log tells ports apart. Where so much mail came without a password,
    -- and none of it with one, there is no SMTP-AUTH; it is an old door if there is a new one elsewhere.
    SELECT host, mta, coalesce(service, '') AS service
    FROM submission
    GROUP BY ALL
    HAVING count(*) FILTER (class IN ('pop_before_smtp', 'local_port25')) >= 50
       AND count(*) FILTER (class = 'smtp_auth') = 0
       AND EXISTS (SELECT 1 FROM submission WHERE class = 'smtp_auth')
), sent_both_ways AS (
    SELECT "user", ip FROM submission WHERE class = 'smtp_auth'
    INTERSECT
    SELECT "user", ip FROM submission WHERE class IN ('pop_before_smtp', 'local_port25')
), sent AS (
    SELECT submission.*, door.host IS NOT NULL AS by_old_door,
           sent_both_ways.ip IS NOT NULL AND class <> 'smtp_auth' AS is_beside_auth
    FROM submission
    LEFT JOIN door ON door.host = submission.host AND door.mta = submission.mta
                  AND door.service = coalesce(submission.service, '')
    LEFT JOIN sent_both_ways ON sent_both_ways."user" = submission."user" AND sent_both_ways.ip = submission.ip
    -- No customer has such a login: no database keeps it.
    WHERE length(submission."user") <= 254 AND NOT contains(submission."user", chr(0))
), used AS (
    SELECT "user", class, count(*) AS submissions, count(*) FILTER (attribution = 'confirmed') AS confirmed,
           count(*) FILTER (auth_failed) AS auth_failed, max(moment) AS last_moment,
           list_sort(list(DISTINCT ip))[:10] AS addresses,
           coalesce(arg_max(known_program, moment) FILTER (known_program <> ''), '') AS client_program,
           count(*) FILTER (is_beside_auth) AS beside_auth, count(*) FILTER (by_old_door) AS at_old_door,
           count(DISTINCT lower(sender)) FILTER (sender_is = 'foreign') AS foreign_senders,
           count(client_program) AS with_header,
           bool_and(known_program IN ('printer', 'script')) FILTER (known_program <> '') AS all_named_are_machines,
           bit_count(bit_or(1::BIGINT << (moment // 3600000000 % 24))) AS hours,
           bit_count(bit_or(1::BIGINT << (moment // 60000000 % 60))) AS minutes
    FROM sent
    GROUP BY "user", class
)
SELECT "user" AS login, class AS submission_class, submissions, confirmed, auth_failed,
       replace(strftime(make_timestamp(last_moment), '%Y-%m-%d %H:%M:%S.%f'), '.000000', '') AS last_at,
       replace(to_json(addresses)::VARCHAR, '","', '", "') AS addresses, -- spaced as by Django, which compares texts on SQLite
       left(client_program, 64) AS client_program,
       beside_auth, at_old_door, foreign_senders,
       -- Without any header: around the clock, or in at least four hours at the same two minutes of each.
       coalesce(all_named_are_machines, with_header = 0 AND (hours >= 18 OR (hours >= 4 AND minutes <= 2)))
           AS machine_like
FROM used
ORDER BY "user", class
