-- Behind the attribution of a day: the submissions that concern one customer, and the lines that they rest on.
--
-- Given by attribution.sql: the view `submission`, the tables `message` and from_filter (filters.sql); the views piece, told_login, session_event
-- Given as tables:          spelled (typed, login): everybody's login as the rules compare it;
--                           customer (login); mine (address): where the customer sends from
-- Given as variables:       window_us, skew_us, crowd, day_start, day_end
--
-- What is shown is found anew here, not taken from the attribution: tests/campaign/submissions/test_proof.py
-- decides by what is shown, and must come to the same.

-- 1. The logins.
CREATE OR REPLACE TEMP TABLE seen AS
SELECT told_login.* EXCLUDE (began),
       CASE WHEN began IS NOT NULL THEN {'moment': began.moment, 'segment': began.segment, 'line': began.line} END AS began,
       spelled.login
FROM told_login JOIN spelled ON spelled.typed = told_login."user";

-- How many collected mail from an address on this day: too many for one home or office are a carrier's.
CREATE OR REPLACE TEMP TABLE shared AS
SELECT ip, count(DISTINCT login) AS people
FROM seen WHERE moment >= getvariable('day_start') AND moment < getvariable('day_end')
GROUP BY ip;

-- 2. The candidates: who collected mail from the same address within the window, how often, and when last.
CREATE OR REPLACE TEMP TABLE given AS
SELECT row_number() OVER (ORDER BY moment, host, queue_id, started, line) AS id, message.rowid AS mail,
       moment, started, line, host, mta, queue_id,
       submission.class, submission.attribution, submission."user", submission.ip, submission.remote,
       submission.client_program AS program, submission.auth_failed, lower(message.sender) AS sender, message.pid
FROM submission JOIN message USING (moment, started, line, host, mta, queue_id);

CREATE OR REPLACE TEMP TABLE candidate AS
SELECT given.id, seen.login, count(DISTINCT seen.moment) AS logins, max(seen.moment) AS login_at,
       max_by(seen, row(seen.moment, seen.host, seen.segment, seen.line)) AS latest
FROM given JOIN seen ON seen.ip = given.ip
 AND seen.moment BETWEEN given.moment - getvariable('window_us') AND given.moment + getvariable('skew_us')
WHERE given.class <> 'smtp_auth'
GROUP BY given.id, seen.login;

-- 3. The customer's own submissions, and those that may be his and name nobody.
CREATE OR REPLACE TEMP TABLE proof AS
WITH his AS (
    SELECT * FROM candidate SEMI JOIN customer USING (login)
), theirs AS (
    SELECT id, list(login ORDER BY login) AS others FROM candidate ANTI JOIN customer USING (login) GROUP BY id
)
SELECT given.*, his.logins, his.login_at, his.latest, coalesce(theirs.others, []) AS others,
       coalesce(shared.people, 0) > getvariable('crowd') AS crowd
FROM given LEFT JOIN his USING (id) LEFT JOIN theirs USING (id) LEFT JOIN shared USING (ip)
WHERE given."user" IN (FROM customer)
   OR (given."user" IS NULL AND (his.id IS NOT NULL OR (
       given.class = 'unexplained_relay' AND given.sender IN (SELECT address FROM mine))));

-- 4. What the client's session says: the last password that was refused in it, as whom it authenticated,
--    and for whom a filter before the queue took the message.
CREATE OR REPLACE TEMP TABLE told AS
WITH near AS (
    SELECT proof.id, proof.class, proof.auth_failed, event.*, event.ip = proof.ip AS same_ip,
           event.moment < proof.moment OR row(event.started, event.line) < row(proof.started, proof.line) AS before
    FROM proof JOIN session_event AS event ON event.host = proof.host AND event.pid = proof.pid
     AND event.moment BETWEEN proof.moment - 3600000000 AND proof.moment AND event.kind <> 'proxied'
    UNION ALL
    SELECT proof.id, proof.class, proof.auth_failed, unnest(from_filter.client), true, true
    FROM proof JOIN from_filter USING (mail)
), begun AS (
    SELECT id, max(row(moment, started, line)) AS at FROM near WHERE kind = 'connected' AND before GROUP BY id
)
SELECT near.id, near.kind, max_by(near, row(near.moment, near.started, near.line)) AS event
FROM near LEFT JOIN begun USING (id)
WHERE near.same_ip AND (
    (near.kind = 'auth_failed' AND near.auth_failed AND near.before
     AND (begun.at IS NULL OR row(near.moment, near.started, near.line) > begun.at))
    OR (near.kind = 'authenticated' AND near.class = 'smtp_auth')
    OR near.kind = 'proxied')
GROUP BY near.id, near.kind;

-- 5. All lines in one form.
CREATE OR REPLACE TEMP TABLE proof_line AS
SELECT proof.id, 'accepted' AS said, piece.moment AS moment, piece.host, coalesce(piece.service, piece.mta) AS service,
       piece.ip, piece.sasl_user AS "user", piece.queue_id, piece.pid, piece.segment, piece.line
FROM proof JOIN (SELECT * REPLACE (accepted AS moment) FROM piece) AS piece USING (moment, started, line, host, mta, queue_id)
UNION ALL
SELECT id, 'login', latest.moment, latest.host, latest.service, CASE WHEN latest.began IS NULL THEN latest.ip END,
       latest."user", NULL, latest.pid, latest.segment, latest.line
FROM proof WHERE latest IS NOT NULL
UNION ALL
SELECT id, 'collecting', latest.began.moment, latest.host, latest.service, latest.ip, NULL, NULL, latest.pid,
       latest.began.segment, latest.began.line
FROM proof WHERE latest.began IS NOT NULL
UNION ALL
SELECT id, kind, event.moment, event.host, NULL, event.ip, event."user", NULL, event.pid, event.segment, event.line FROM told;
