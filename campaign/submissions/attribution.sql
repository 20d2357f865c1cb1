-- One day's submissions: assembled from the steps of their messages, classified, attributed.
--
-- Given as views:     mail_event, login_event (campaign/logs/events.py)
-- Given as tables:    known_login (typed, login), directory (address, login), local_domain (domain)
-- Given as variables: day_start, day_end, steps_from, steps_until, window_us, skew_us, has_directory
--
-- Stamps of RFC 3164 know no less than a second. Inside one the order is that of the lines, and where
-- a second lies on both sides of a rotation, that of the files: by the time at which each piece started.

-- 1. The life of a queue id: from one acceptance to the next. Short ids come again within days,
--    and lines of different daemons may be out of order by seconds.
CREATE OR REPLACE TEMP TABLE step AS
SELECT kind, moment, started, line, host, mta, queue_id, ip, pid, text, word, flag
FROM mail_event
WHERE queue_id IS NOT NULL AND moment >= getvariable('steps_from') AND moment < getvariable('steps_until');

CREATE OR REPLACE TEMP TABLE reused AS
SELECT host, mta, queue_id
FROM step
GROUP BY host, mta, queue_id
HAVING count(*) FILTER (kind = 'accepted') > 1
    OR count(*) FILTER (kind = 'removed') > 1
    OR max(moment) > max(moment) FILTER (kind = 'removed') + 2000000
    OR min(moment) < min(moment) FILTER (kind = 'accepted') - 5000000;

CREATE OR REPLACE TEMP TABLE lived AS
WITH once AS (  -- the same line may have been read from two files
    SELECT kind, moment, min(row(started, line)) AS place, host, mta, queue_id, ip, pid, text, word, flag
    FROM step SEMI JOIN reused USING (host, mta, queue_id)
    GROUP BY ALL
), removals AS (
    SELECT *, count(*) FILTER (kind = 'removed') OVER (
        PARTITION BY host, mta, queue_id ORDER BY moment, place
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS removed_before
    FROM once
), numbered AS (
    SELECT *, greatest(1, count(*) FILTER (kind = 'accepted') OVER (
        PARTITION BY host, mta, queue_id, removed_before ORDER BY moment, place
        ROWS UNBOUNDED PRECEDING)) AS life
    FROM removals
)
SELECT * EXCLUDE (began)
FROM (
    SELECT *, min(moment) FILTER (kind = 'accepted') OVER (
        PARTITION BY host, mta, queue_id, removed_before, life) AS began
    FROM numbered)
WHERE moment >= began - 5000000;

CREATE OR REPLACE TEMP TABLE message AS
WITH everything AS (
    SELECT kind, moment, row(started, line) AS place, host, mta, queue_id, ip, pid, text, word, flag,
           0 AS removed_before, 1 AS life
    FROM step ANTI JOIN reused USING (host, mta, queue_id)
    UNION ALL
    SELECT kind, moment, place, host, mta, queue_id, ip, pid, text, word, flag, removed_before, life FROM lived
)
SELECT
    row_number() OVER () AS id,
    host,
    mta,
    queue_id,
    min(moment) FILTER (kind = 'accepted') AS moment,
    any_value(place) FILTER (kind = 'accepted') AS place,
    any_value(pid) FILTER (kind = 'accepted') AS pid,
    any_value(ip) FILTER (kind = 'accepted') AS ip,
    nullif(any_value(text) FILTER (kind = 'accepted'), '') AS sasl_user,
    any_value(word) FILTER (kind = 'accepted') AS service,
    any_value(flag) FILTER (kind = 'accepted') = 1 AS passed_on,
    arg_min(text, moment) FILTER (kind = 'message_id') AS message_id,
    arg_min(text, moment) FILTER (kind = 'program') AS program,
    lower(arg_min(text, moment) FILTER (kind = 'queued')) AS sender,
    coalesce(bool_or(kind = 'delivery' AND flag = 1), false) AS remote
FROM everything
GROUP BY host, mta, queue_id, removed_before, life
-- `client=` opens a transaction; only the queue manager proves that it was accepted.
HAVING count(*) FILTER (kind = 'accepted') > 0
   AND count(*) FILTER (kind IN ('queued', 'delivery', 'removed')) > 0
   AND min(moment) FILTER (kind = 'accepted') >= getvariable('day_start')
   AND min(moment) FILTER (kind = 'accepted') < getvariable('day_end');

-- 2. Whose address the sender is. Without a list of customers every address under a local
--    domain counts as some customer's: its own.
CREATE OR REPLACE TEMP TABLE sent AS
SELECT
    message.*,
    coalesce(filter_address.ip IS NOT NULL, false) AS from_filter,
    coalesce(own_address.ip IS NOT NULL, false) AS from_own_network,
    (directory.login IS NOT NULL OR local_domain.domain IS NOT NULL) AS sender_is_local,
    CASE WHEN getvariable('has_directory') THEN directory.login
         WHEN local_domain.domain IS NOT NULL THEN sender END AS sender_login
FROM message
LEFT JOIN filter_address ON filter_address.ip = message.ip
LEFT JOIN own_address ON own_address.ip = message.ip
LEFT JOIN directory ON directory.address = message.sender
LEFT JOIN local_domain ON local_domain.domain = split_part(message.sender, '@', -1) AND contains(message.sender, '@');

-- 3. The candidates: everybody with a successful login from the address within the window.
CREATE OR REPLACE TEMP TABLE login AS
SELECT DISTINCT login_event.ip, known_login.login, login_event.moment
FROM login_event JOIN known_login ON known_login.typed = login_event.user
WHERE login_event.moment >= getvariable('day_start') - getvariable('window_us')
  AND login_event.moment < getvariable('day_end') + getvariable('skew_us');

CREATE OR REPLACE TEMP TABLE candidates AS
WITH candidate AS (
    SELECT DISTINCT sent.id, sent.sender_login, sent.sender_is_local, login.login
    FROM sent JOIN login ON login.ip = sent.ip
     AND login.moment BETWEEN sent.moment - getvariable('window_us') AND sent.moment + getvariable('skew_us')
    WHERE sent.sasl_user IS NULL
), owning AS (
    SELECT id, login, coalesce(login = sender_login OR (
        -- a login without domain, where no default domain is set, is that name under every local domain
        NOT getvariable('has_directory') AND NOT contains(login, '@') AND sender_is_local
        AND login = split_part(sender_login, '@', 1)), false) AS owns_sender
    FROM candidate
)
SELECT id, count(*) AS candidates, count(*) FILTER (owns_sender) AS owners, min(login) AS one,
       min(login) FILTER (owns_sender) AS owner
FROM owning GROUP BY id;

-- 4. The class, then the user (docs/attribution.md says the same in words).
CREATE OR REPLACE TEMP TABLE classified AS
SELECT sent.*, coalesce(candidates, 0) AS candidates, coalesce(owners, 0) AS owners, one, owner,
    CASE
        WHEN sasl_user IS NOT NULL THEN 'smtp_auth'
        WHEN from_own_network AND (remote OR sender_is_local) THEN 'local_port25'
        WHEN from_own_network THEN 'inbound'
        WHEN candidates > 0 AND (remote OR owners > 0) THEN 'pop_before_smtp'
        WHEN candidates > 0 THEN 'inbound'
        WHEN remote THEN 'unexplained_relay'
        ELSE 'inbound'
    END AS class
FROM sent LEFT JOIN candidates USING (id)
-- A content filter that passes a message on is no submission: the first acceptance counts.
-- A webmail on the same host is one when it gives a SASL user.
WHERE NOT passed_on AND (sasl_user IS NOT NULL OR NOT from_filter);

CREATE OR REPLACE TEMP TABLE named AS
SELECT classified.* EXCLUDE (candidates, owners, one, owner),
    CASE
        WHEN class = 'smtp_auth' THEN coalesce(known_login.login, lower(sasl_user))
        WHEN class NOT IN ('pop_before_smtp', 'local_port25') THEN NULL
        WHEN candidates = 1 AND (owners = 1 OR sender_login IS NULL) THEN one
        WHEN candidates > 1 AND owners = 1 THEN owner
        WHEN candidates = 0 THEN sender_login
    END AS user,
    CASE
        WHEN class = 'smtp_auth' THEN 'confirmed'
        WHEN class NOT IN ('pop_before_smtp', 'local_port25') THEN 'none'
        WHEN candidates = 1 AND (owners = 1 OR sender_login IS NULL) THEN 'confirmed'
        WHEN candidates > 1 AND owners = 1 THEN 'probable'
        WHEN candidates > 0 THEN 'ambiguous'
        WHEN sender_login IS NOT NULL THEN 'probable'
        ELSE 'none'
    END AS attribution
FROM classified LEFT JOIN known_login ON known_login.typed = classified.sasl_user;

-- 5. AUTH failed in the same session: after its begin (the last connect of that process), before the message.
CREATE OR REPLACE TEMP TABLE after_failure AS
WITH failure AS (
    SELECT named.id, named.moment AS sent_at, named.place AS sent_place, event.host, event.pid, event.moment,
           row(event.started, event.line) AS place
    FROM named JOIN mail_event AS event
      ON event.kind = 'auth_failed' AND event.host = named.host AND event.pid = named.pid AND event.ip = named.ip
     AND event.moment BETWEEN named.moment - 3600000000 AND named.moment
    WHERE named.class IN ('pop_before_smtp', 'local_port25') AND (event.moment < named.moment OR row(event.started, event.line) < named.place)
)
SELECT DISTINCT failure.id
FROM failure
WHERE NOT EXISTS (
    SELECT 1 FROM mail_event AS event
    WHERE event.kind = 'connected' AND event.host = failure.host AND event.pid = failure.pid
      AND event.moment BETWEEN failure.moment AND failure.sent_at
      AND (event.moment > failure.moment OR row(event.started, event.line) > failure.place)
      AND (event.moment < failure.sent_at OR row(event.started, event.line) < failure.sent_place));

CREATE OR REPLACE TEMP TABLE submission AS
SELECT named.moment, named.place, named.host, named.queue_id, named.message_id, named.class, named.user, named.attribution,
       named.ip, coalesce(program_name.name, named.program) AS client_program,
       coalesce(program_name.name, '') AS known_program,
       after_failure.id IS NOT NULL AS auth_failed
FROM named
LEFT JOIN after_failure USING (id)
LEFT JOIN program_name ON program_name.header = named.program;
