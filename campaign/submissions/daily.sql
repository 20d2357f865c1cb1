-- One day's use from the table `submission`, a row for each customer and class, with what
-- campaign/customers/reasons.py asks of it: where, beside what, for whom and by what it was sent.
-- The columns are those of the table daily use, with `login` for the customer; both databases read times in UTC as text.
WITH mail AS MATERIALIZED (
    SELECT moment, host, mta, coalesce(service, '') AS service, class, "user", attribution, ip, sender, sender_is,
           client_program IS NOT NULL AS has_header, known_program, auth_failed
    FROM submission
    WHERE class IN ('smtp_auth', 'pop_before_smtp', 'local_port25')
), door AS (
    -- One server's port, where the log tells ports apart. Where so much mail came without a password,
    -- and none of it with one, there is no SMTP-AUTH; it is an old door if there is a new one elsewhere.
    SELECT host, mta, service, count(*) FILTER (class = 'smtp_auth') AS with_auth, count(*) - with_auth AS without
    FROM mail
    GROUP BY ALL
), old_door AS (
    SELECT host, mta, service, true AS is_old FROM door
    WHERE with_auth = 0 AND without >= 50 AND EXISTS (SELECT 1 FROM door WHERE with_auth > 0)
), used AS (
    SELECT "user", class, count(*) AS submissions, count(*) FILTER (attribution = 'confirmed') AS confirmed,
           count(*) FILTER (auth_failed) AS auth_failed, max(moment) AS last_moment,
           list_sort(list(DISTINCT ip))[:10] AS addresses,
           coalesce(arg_max(known_program, moment) FILTER (known_program <> ''), '') AS client_program,
           count(is_old) AS at_old_door, bool_or(has_header) AS has_header,
           bool_and(known_program IN ('printer', 'script')) FILTER (known_program <> '') AS all_named_are_machines,
           bit_or(1::BIGINT << (moment // 3600000000 % 24)) AS hours,
           bit_or(1::BIGINT << (moment // 60000000 % 60)) AS minutes
    FROM mail LEFT JOIN old_door USING (host, mta, service)
    -- No customer has such a login: no database keeps it.
    WHERE length("user") <= 254 AND NOT contains("user", chr(0))
    GROUP BY "user", class
), sent_for AS (
    SELECT "user", class, count(DISTINCT lower(sender)) AS foreign_senders
    FROM mail WHERE sender_is = 'foreign'
    GROUP BY "user", class
), with_auth AS (
    SELECT "user", addresses FROM used WHERE class = 'smtp_auth'
)
SELECT used."user" AS login, used.class AS submission_class, submissions, confirmed, auth_failed,
       replace(strftime(make_timestamp(last_moment), '%Y-%m-%d %H:%M:%S.%f'), '.000000', '') AS last_at,
       replace(to_json(used.addresses)::VARCHAR, '","', '", "') AS addresses, -- spaced as by Django, which compares texts on SQLite
       left(client_program, 64) AS client_program,
       coalesce(len(list_intersect(used.addresses, with_auth.addresses)), 0) AS beside_auth, at_old_door,
       coalesce(foreign_senders, 0) AS foreign_senders,
       -- Without any header: around the clock, or in at least four hours at the same two minutes of each.
       coalesce(all_named_are_machines, NOT has_header AND
                (bit_count(hours) >= 18 OR (bit_count(hours) >= 4 AND bit_count(minutes) <= 2))) AS machine_like
FROM used
LEFT JOIN with_auth ON used.class <> 'smtp_auth' AND with_auth."user" = used."user"
LEFT JOIN sent_for ON sent_for."user" = used."user" AND sent_for.class = used.class
