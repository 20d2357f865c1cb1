-- One day's submissions: put together from pieces of messages, classified, attributed.
--
-- Given as views:     piece, login_event, session_event (campaign/logs/events.py)
-- Given as tables:    other_login (typed, login) for logins not spelled as `user@domain`, directory (address, login), local_domain (domain),
--                     own_address (ip), filter_address (ip), program_name (header, name)
-- Given as variables: day_start, day_end, pieces_from, pieces_until, window_us, skew_us, has_directory
--
-- Stamps of RFC 3164 know no less than a second. Inside one the order is that of the lines, and where
-- a second lies on both sides of a rotation, that of the files: by the time at which each piece started.

-- 1. A message is the life of a queue id, from one acceptance to the next; short ids come again within
--    days. Most lie in one piece of the log whole. The others are joined by the rules of messages.py.
CREATE OR REPLACE TEMP VIEW part AS
SELECT moment, started, line, host, mta, queue_id, accepted, ip, pid, sasl_user, passed_on, queued, sender, message_id,
       program, remote, attempt, removed
FROM piece
WHERE moment >= getvariable('pieces_from') AND moment < getvariable('pieces_until');

CREATE OR REPLACE TEMP TABLE divided AS
SELECT host, mta, queue_id FROM part GROUP BY ALL HAVING count(*) > 1;

CREATE OR REPLACE TEMP TABLE joined AS
WITH fragment AS (
    SELECT * FROM part SEMI JOIN divided USING (host, mta, queue_id)
), known AS (
    -- The same lines may have been read from two files: one acceptance is one life, and two at the same
    -- time, from the same client, differ by their Message-ID.
    SELECT *, CASE WHEN accepted IS NOT NULL THEN row(accepted, ip, pid, sasl_user, coalesce(message_id, max(message_id)
        OVER (PARTITION BY host, mta, queue_id, accepted, ip, pid, sasl_user))) END AS own
    FROM fragment
), placed AS (
    SELECT *,
        last_value(own IGNORE NULLS) OVER earlier AS before,
        max(removed) OVER earlier AS removed_before,
        first_value(own IGNORE NULLS) OVER later AS behind
    FROM known
    WINDOW earlier AS (PARTITION BY host, mta, queue_id ORDER BY moment, started, line
                       ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
           later AS (PARTITION BY host, mta, queue_id ORDER BY moment, started, line
                     ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)
)
SELECT * EXCLUDE (own, before, removed_before, behind),
    CASE WHEN own IS NOT NULL THEN own
         WHEN before IS NOT NULL AND coalesce(removed_before < before[1] OR moment <= removed_before + 2000000, true)
         THEN before
         WHEN behind[1] <= moment + 5000000 THEN behind
    END AS life
FROM placed;

CREATE OR REPLACE TEMP TABLE message AS
SELECT row_number() OVER () AS id, *
FROM (
    SELECT host, queue_id, accepted AS moment, started, line, pid, ip, sasl_user, passed_on, message_id, program,
           lower(sender) AS sender, remote, queued IS NOT NULL OR attempt IS NOT NULL OR removed IS NOT NULL AS taken
    FROM part ANTI JOIN divided USING (host, mta, queue_id)
    UNION ALL
    SELECT host, queue_id, min(accepted), min(row(accepted, started, line))[2], min(row(accepted, started, line))[3],
           any_value(pid), any_value(ip), any_value(sasl_user), bool_or(passed_on), min(message_id), min(program),
           lower(min(sender)), bool_or(remote),
           count(queued) + count(attempt) + count(removed) > 0
    FROM joined
    WHERE life IS NOT NULL
    GROUP BY host, mta, queue_id, life)
-- `client=` opens a transaction; only the queue manager proves that it was accepted.
WHERE taken AND moment >= getvariable('day_start') AND moment < getvariable('day_end');

-- 2. Whose address the sender is. Without a list of customers every address under a local
--    domain counts as some customer's: its own.
CREATE OR REPLACE TEMP TABLE sent AS
SELECT
    message.id, message.moment, message.ip, message.sasl_user, message.remote, message.passed_on,
    filter_address.ip IS NOT NULL AS from_filter,
    own_address.ip IS NOT NULL AS from_own_network,
    directory.login IS NOT NULL OR local_domain.domain IS NOT NULL AS sender_is_local,
    CASE WHEN getvariable('has_directory') THEN directory.login
         WHEN local_domain.domain IS NOT NULL THEN sender END AS sender_login
FROM message
LEFT JOIN filter_address ON filter_address.ip = message.ip
LEFT JOIN own_address ON own_address.ip = message.ip
LEFT JOIN directory ON directory.address = message.sender
LEFT JOIN local_domain ON local_domain.domain = split_part(message.sender, '@', -1) AND contains(message.sender, '@');

-- 3. The candidates: everybody with a successful login from the address within the window.
CREATE OR REPLACE TEMP TABLE candidates AS
WITH login AS (
    SELECT login_event.ip, coalesce(other_login.login, login_event.user) AS login, login_event.moment
    FROM login_event LEFT JOIN other_login ON other_login.typed = login_event.user
    WHERE login_event.moment >= getvariable('day_start') - getvariable('window_us')
      AND login_event.moment < getvariable('day_end') + getvariable('skew_us')
), candidate AS (
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
CREATE OR REPLACE TEMP TABLE decided AS
WITH counted AS (
    SELECT sent.*, coalesce(candidates, 0) AS candidates, coalesce(owners, 0) AS owners, one, owner
    FROM sent LEFT JOIN candidates USING (id)
    -- A content filter that passes a message on is no submission: the first acceptance counts.
    -- A webmail on the same host is one when it gives a SASL user.
    WHERE NOT passed_on AND (sasl_user IS NOT NULL OR NOT from_filter)
), classified AS (
    SELECT *, CASE
        WHEN sasl_user IS NOT NULL THEN 'smtp_auth'
        WHEN from_own_network AND (remote OR sender_is_local) THEN 'local_port25'
        WHEN from_own_network THEN 'inbound'
        WHEN candidates > 0 AND (remote OR owners > 0) THEN 'pop_before_smtp'
        WHEN candidates > 0 THEN 'inbound'
        WHEN remote THEN 'unexplained_relay'
        ELSE 'inbound'
    END AS class
    FROM counted
), attributed AS (
    SELECT *, CASE
        WHEN class = 'smtp_auth' THEN 'confirmed'
        WHEN class NOT IN ('pop_before_smtp', 'local_port25') THEN 'none'
        WHEN candidates = 1 AND (owners = 1 OR sender_login IS NULL) THEN 'confirmed'
        WHEN candidates > 1 AND owners = 1 THEN 'probable'
        WHEN candidates > 0 THEN 'ambiguous'
        WHEN sender_login IS NOT NULL THEN 'probable'
        ELSE 'none'
    END AS attribution
    FROM classified
)
SELECT id, class, attribution, CASE
    WHEN class = 'smtp_auth' THEN coalesce(other_login.login, sasl_user)
    WHEN attribution IN ('ambiguous', 'none') THEN NULL
    WHEN candidates = 1 THEN one
    WHEN candidates > 1 THEN owner
    ELSE sender_login
END AS "user"
FROM attributed LEFT JOIN other_login ON other_login.typed = attributed.sasl_user;

-- 5. AUTH failed in the same session: after its begin (the last connect of that process), before the message.
CREATE OR REPLACE TEMP TABLE after_failure AS
WITH failure AS (
    SELECT message.id, message.moment AS sent_at, row(message.started, message.line) AS sent_place,
           event.host, event.pid, event.moment, row(event.started, event.line) AS place
    FROM decided JOIN message USING (id) JOIN session_event AS event
      ON event.kind = 'auth_failed' AND event.host = message.host AND event.pid = message.pid AND event.ip = message.ip
     AND event.moment BETWEEN message.moment - 3600000000 AND message.moment
    WHERE decided.class IN ('pop_before_smtp', 'local_port25')
      AND (event.moment < message.moment OR row(event.started, event.line) < row(message.started, message.line))
)
SELECT DISTINCT failure.id
FROM failure
WHERE NOT EXISTS (
    SELECT 1 FROM session_event AS event
    WHERE event.kind = 'connected' AND event.host = failure.host AND event.pid = failure.pid
      AND event.moment BETWEEN failure.moment AND failure.sent_at
      AND (event.moment > failure.moment OR row(event.started, event.line) > failure.place)
      AND (event.moment < failure.sent_at OR row(event.started, event.line) < failure.sent_place));

CREATE OR REPLACE TEMP VIEW submission AS
SELECT message.moment, message.started, message.line, message.host, message.queue_id,
       nullif(message.message_id, '<>') AS message_id, decided.class, decided."user", decided.attribution, message.ip,
       coalesce(program_name.name, message.program) AS client_program,
       coalesce(program_name.name, '') AS known_program,
       after_failure.id IS NOT NULL AS auth_failed
FROM decided
JOIN message USING (id)
LEFT JOIN after_failure USING (id)
LEFT JOIN program_name ON program_name.header = message.program;
