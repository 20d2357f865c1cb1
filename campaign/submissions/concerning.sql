-- What one customer's submissions of a day rest on, out of everybody's: few events, found in one pass each.
--
-- Given as views:     every_piece, every_login, every_session (campaign/logs/events.py, and `segment`)
-- Given as tables:    spelling (typed): how the customer's login was spelled; mine (address): where he sends from;
--                     aside (ip): addresses whose messages are no submissions
--
-- A line too many costs time, a line too few would make another attribution: what is left out
-- must be unable to matter. tests/campaign/submissions/test_proof.py holds both attributions together.

-- 1. Where he collected mail. Some programs write the address when the session begins.
CREATE OR REPLACE TEMP TABLE his_ip AS
SELECT ip FROM every_login SEMI JOIN spelling ON typed = "user" WHERE ip IS NOT NULL
UNION
SELECT session.ip
FROM (SELECT host, pid FROM every_login SEMI JOIN spelling ON typed = "user" WHERE ip IS NULL) AS login
JOIN every_session AS session ON session.kind = 'collecting' AND session.host = login.host AND session.pid = login.pid
EXCEPT SELECT ip FROM aside;

-- 2. Processes that served him, or somebody at his address: their lines tell more than the message's own.
CREATE OR REPLACE TEMP TABLE his_process AS
SELECT DISTINCT host, pid FROM every_session
WHERE "user" IN (SELECT typed FROM spelling) OR ip IN (FROM his_ip);

-- 3. His messages: from where he collects, with his name or with his address, whoever is found to have sent them.
CREATE OR REPLACE TEMP TABLE his_message AS
SELECT DISTINCT queue_id FROM every_piece
WHERE ip IN (FROM his_ip)
   OR sasl_user IN (SELECT typed FROM spelling)
   OR lower(sender) IN (SELECT address FROM mine)
UNION
SELECT queue_id FROM every_piece SEMI JOIN his_process USING (host, pid)
WHERE EXISTS (SELECT 1 FROM every_session WHERE kind = 'authenticated' AND "user" IN (SELECT typed FROM spelling))
UNION
SELECT queue_id FROM every_session SEMI JOIN his_process USING (host, pid) WHERE kind = 'handed_on';

CREATE OR REPLACE TEMP TABLE concerning_messages AS
SELECT * FROM every_piece SEMI JOIN his_message USING (queue_id);

-- 4. Everybody who collected mail where these came from: behind one address he may not be the only one.
CREATE OR REPLACE TEMP TABLE process AS
SELECT host, pid FROM his_process
UNION SELECT host, pid FROM concerning_messages WHERE pid IS NOT NULL
UNION SELECT host, pid FROM every_session SEMI JOIN his_message USING (queue_id) WHERE kind = 'handed_on';

CREATE OR REPLACE TEMP TABLE their_ip AS
SELECT ip FROM concerning_messages WHERE ip IS NOT NULL AND sasl_user IS NULL
UNION SELECT ip FROM every_session SEMI JOIN process USING (host, pid) WHERE kind = 'proxied'
EXCEPT SELECT ip FROM aside;

INSERT INTO process
SELECT DISTINCT host, pid FROM every_session SEMI JOIN their_ip USING (ip) WHERE kind = 'collecting';

CREATE OR REPLACE TEMP TABLE concerning_logins AS
SELECT * FROM every_login SEMI JOIN their_ip USING (ip)
UNION ALL SELECT * FROM every_login SEMI JOIN process USING (host, pid) WHERE ip IS NULL;

CREATE OR REPLACE TEMP TABLE concerning_sessions AS
SELECT * FROM every_session SEMI JOIN process USING (host, pid);
