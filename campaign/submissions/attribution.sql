-- One day's submissions: put together from pieces of messages, classified, attributed.
--
-- Given as views:     piece (campaign/logs/events.py), told_login, and the table session (logins.sql)
-- Given as tables:    other_login (typed, login) for logins not spelled as `user@domain`, directory (address, login), local_domain (domain),
--                     own_address (ip), filter_address (ip), program_name (header, name); from_filter (filters.sql); behind (candidates.py)
-- Given as variables: day_start, day_end, pieces_from, pieces_until, window_us, skew_us, has_directory, crowd
--
-- Stamps of RFC 3164 know no less than a second. Inside one the order is that of the lines, and where
-- a second lies on both sides of a rotation, that of the files: by the time at which each piece started.

-- 1. A message is the life of a queue id, from one acceptance to the next; short ids come again within
--    days. Most lie in one piece of the log whole. The others are joined by the rules of messages.py.
CREATE OR REPLACE TEMP VIEW part AS
SELECT moment, started, line, host, mta, service, queue_id, accepted, ip, pid,
       sasl_user, passed_on, queued, sender, message_id, program, remote, attempt, removed
FROM piece
WHERE moment >= getvariable('pieces_from') AND moment < getvariable('pieces_until');

-- By the id alone, so that the few are looked up in the event files by it; the same on two hosts does no harm.
CREATE OR REPLACE TEMP TABLE divided AS SELECT queue_id FROM part GROUP BY queue_id HAVING count(*) > 1;

CREATE OR REPLACE TEMP TABLE joined AS
WITH fragment AS (
    SELECT * FROM part SEMI JOIN divided USING (queue_id)
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

-- `client=` opens a transaction; only the queue manager proves that it was accepted.
CREATE OR REPLACE TEMP TABLE message AS
SELECT accepted AS moment, started, line, host, mta, service, queue_id, pid, ip, sasl_user, passed_on, message_id,
       program, sender, remote, removed
FROM part ANTI JOIN divided USING (queue_id)
WHERE accepted >= getvariable('day_start') AND accepted < getvariable('day_end')
  AND (queued IS NOT NULL OR attempt IS NOT NULL OR removed IS NOT NULL)
UNION ALL
SELECT min(accepted) AS moment, min(row(accepted, started, line))[2], min(row(accepted, started, line))[3], host, mta,
       any_value(service), queue_id, any_value(pid), any_value(ip), any_value(sasl_user), bool_or(passed_on),
       min(message_id), min(program), min(sender), bool_or(remote), max(removed)
FROM joined
WHERE life IS NOT NULL
GROUP BY host, mta, queue_id, life
HAVING moment >= getvariable('day_start') AND moment < getvariable('day_end')
   AND count(queued) + count(attempt) + count(removed) > 0;

-- 2. Who the client was, where the message's own lines do not say it.
--    A filter before the queue: filters.sql says whose its messages are.
UPDATE message SET ip = client.ip, sasl_user = client."user", passed_on = false
FROM from_filter WHERE from_filter.mail = message.rowid;

--    Sendmail: AUTH is in a line of the process that serves the client, for all messages of the connection.
UPDATE message SET sasl_user = told."user"
FROM (
    SELECT message.rowid AS id, event."user"
    FROM message JOIN session AS event
      ON event.kind = 'authenticated' AND event.host = message.host AND event.pid = message.pid
     AND event.ip = message.ip AND event.moment BETWEEN message.moment - 3600000000 AND message.moment
    WHERE coalesce(message.sasl_user, '') = ''
    QUALIFY row_number() OVER (PARTITION BY message.rowid ORDER BY event.moment DESC, event.started DESC, event.line DESC) = 1
) AS told
WHERE message.rowid = told.id;

--    netqmail: the name that was tried stays in the message's line when the password was refused.
UPDATE message SET sasl_user = NULL
FROM (
    SELECT message.rowid AS id, event.kind
    FROM message JOIN session AS event
      ON event.kind IN ('auth_failed', 'authenticated') AND event.host = message.host AND event.pid = message.pid
     AND (event.ip = message.ip OR event.ip IS NULL)
     AND event.moment BETWEEN message.moment - 3600000000 AND message.moment
    WHERE message.mta = 'qmail' AND message.sasl_user IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY message.rowid ORDER BY event.moment DESC, event.started DESC, event.line DESC) = 1
) AS told
WHERE message.rowid = told.id AND told.kind = 'auth_failed';

--    All logins that count for mail of the day.
CREATE OR REPLACE TEMP VIEW login AS
SELECT ip, "user", moment FROM told_login
WHERE moment >= getvariable('day_start') - getvariable('window_us')
  AND moment < getvariable('day_end') + getvariable('skew_us');

-- 3. What did not authenticate, and whose address its sender is. Without a list of customers every
--    address under a local domain counts as some customer's: its own.
CREATE OR REPLACE TEMP TABLE sent AS
WITH addressed AS (
    SELECT message.rowid AS id, message.moment, message.ip, message.remote, message.sender = '' AS bounce,
           own_address.ip IS NOT NULL AS from_own_network,
           directory.login IS NOT NULL OR local_domain.domain IS NOT NULL AS sender_is_local,
           CASE WHEN getvariable('has_directory') THEN directory.login
                WHEN local_domain.domain IS NOT NULL THEN lower(message.sender) END AS sender_login
    FROM message
    -- A content filter that passes a message on is no submission: the first acceptance counts.
    ANTI JOIN filter_address ON filter_address.ip = message.ip
    LEFT JOIN own_address ON own_address.ip = message.ip
    LEFT JOIN directory ON directory.address = lower(message.sender)
    LEFT JOIN local_domain ON contains(message.sender, '@')
                          AND local_domain.domain = lower(split_part(message.sender, '@', -1))
    WHERE message.sasl_user IS NULL AND NOT message.passed_on
)
-- A login without domain, where no default domain is set, is that name under every local domain.
SELECT *, CASE WHEN NOT getvariable('has_directory') THEN split_part(sender_login, '@', 1) END AS bare_login
FROM addressed;

-- 4. The class, then the user (docs/attribution.md says the same in words), by who is behind the address:
--    candidates.py makes the table `behind` of `sent` and the logins.
CREATE OR REPLACE TEMP TABLE decided AS
WITH classified AS (
    SELECT *, CASE
        WHEN from_own_network AND (remote OR sender_is_local) THEN 'local_port25'
        WHEN from_own_network THEN 'inbound'
        WHEN candidates > 0 AND (remote OR owners > 0) THEN 'pop_before_smtp'
        WHEN candidates > 0 THEN 'inbound'
        WHEN remote THEN 'unexplained_relay'
        ELSE 'inbound'
    END AS class
    FROM sent JOIN behind USING (id)
), attributed AS (
    SELECT *, CASE
        WHEN class NOT IN ('pop_before_smtp', 'local_port25') THEN 'none'
        WHEN candidates = 1 AND from_crowd AND owners = 1 THEN 'probable'
        WHEN candidates = 1 AND from_crowd THEN 'ambiguous'
        WHEN candidates = 1 AND (owners = 1 OR sender_login IS NULL) THEN 'confirmed'
        WHEN candidates > 1 AND owners = 1 THEN 'probable'
        WHEN candidates > 0 THEN 'ambiguous'
        WHEN sender_login IS NOT NULL THEN 'probable'
        ELSE 'none'
    END AS attribution
    FROM classified
)
SELECT id, class, attribution, candidates, CASE
    WHEN attribution IN ('ambiguous', 'none') THEN NULL
    WHEN candidates = 1 THEN one
    WHEN candidates > 1 THEN owner
    ELSE sender_login
END AS "user", CASE
    WHEN bounce THEN 'null'
    WHEN NOT sender_is_local THEN 'foreign'
    WHEN owners = 1 OR candidates = 0 THEN 'own'
    ELSE 'local'
END AS sender_is
FROM attributed;

-- 5. AUTH failed in the same session: after its begin (the last connect of that process), before the message.
CREATE OR REPLACE TEMP TABLE after_failure AS
WITH failure AS (
    SELECT decided.id, message.moment AS sent_at, row(message.started, message.line) AS sent_place,
           event.host, event.pid, event.moment, row(event.started, event.line) AS place
    FROM decided JOIN message ON message.rowid = decided.id JOIN session AS event
      ON event.kind = 'auth_failed' AND event.host = message.host AND event.pid = message.pid AND event.ip = message.ip
     AND event.moment BETWEEN message.moment - 3600000000 AND message.moment
    WHERE decided.class IN ('pop_before_smtp', 'local_port25')
      AND (event.moment < message.moment OR row(event.started, event.line) < row(message.started, message.line))
)
SELECT DISTINCT failure.id
FROM failure
WHERE NOT EXISTS (
    SELECT 1 FROM session AS event
    WHERE event.kind = 'connected' AND event.host = failure.host AND event.pid = failure.pid
      AND event.moment BETWEEN failure.moment AND failure.sent_at
      AND (event.moment > failure.moment OR row(event.started, event.line) > failure.place)
      AND (event.moment < failure.sent_at OR row(event.started, event.line) < failure.sent_place));

-- 6. A SASL user is the sender, whatever else the message says; a webmail on the filter's host has one too.
CREATE OR REPLACE TEMP VIEW submission AS
SELECT message.moment, message.started, message.line, message.host, message.mta, message.service, message.queue_id,
       nullif(message.message_id, '<>') AS message_id, coalesce(decided.class, 'smtp_auth') AS class,
       CASE WHEN decided.id IS NOT NULL THEN decided."user"
            ELSE nullif(coalesce(other_login.login, message.sasl_user), '') END AS "user",
       CASE WHEN decided.id IS NOT NULL THEN decided.attribution
            WHEN message.sasl_user <> '' THEN 'confirmed' ELSE 'none' END AS attribution,
       message.ip, message.remote, coalesce(decided.candidates, 0) AS candidates, decided.sender_is, message.sender,
       coalesce(program_name.name, message.program) AS client_program,
       coalesce(program_name.name, '') AS known_program,
       after_failure.id IS NOT NULL AS auth_failed
FROM message
LEFT JOIN decided ON decided.id = message.rowid
LEFT JOIN after_failure ON after_failure.id = message.rowid
LEFT JOIN other_login ON other_login.typed = message.sasl_user
LEFT JOIN program_name ON program_name.header = message.program
WHERE decided.id IS NOT NULL OR (message.sasl_user IS NOT NULL AND NOT message.passed_on);
