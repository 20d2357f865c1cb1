-- Every login with the address that it came from: some programs write it in another line, when the session begins.
--
-- Given as views: login_event, session_event (campaign/logs/events.py). `began` is that other line, null without one.
-- Few sessions are kept, and they are asked more than once.
CREATE OR REPLACE TEMP TABLE session AS SELECT * FROM session_event;

CREATE OR REPLACE TEMP VIEW told_login AS
SELECT *, NULL AS began FROM login_event WHERE ip IS NOT NULL
UNION ALL BY NAME
SELECT login_event.* REPLACE (session.ip AS ip), session AS began
FROM login_event JOIN session
  ON session.kind = 'collecting' AND session.host = login_event.host AND session.pid = login_event.pid
 AND session.moment BETWEEN login_event.moment - 3600000000 AND login_event.moment
WHERE login_event.pid IS NOT NULL AND login_event.ip IS NULL
QUALIFY row_number() OVER (PARTITION BY login_event.host, login_event.pid, login_event.moment, login_event.line
                           ORDER BY session.moment DESC, session.started DESC, session.line DESC) = 1;
