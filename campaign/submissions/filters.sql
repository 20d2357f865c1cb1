-- Whose a message is that a filter before the queue had first: the message's own lines name the filter for the client.
--
-- Given:              session (logins.sql); part and message (attribution.sql, step 1); filter_address (ip), loopback included
-- Given as variables: day_start, day_end
-- Leaves the table    from_filter: `mail` (rowid of the message), `client` (the row of `session` that names its client)
--
-- Attribution and proof go by this one table. A queue id is known to one host only, and comes again there: a message
-- of another host, or a later one, may bear the same within minutes. Where that leaves a doubt, nobody is named.

-- 1. The answers of filters. The client is in a line without queue id, the last one of the process before that which
--    names the queue id; is it another line, then one was lost, and the client is not known.
CREATE OR REPLACE TEMP TABLE handed AS
WITH turn AS (
    SELECT *, lag(session) OVER (PARTITION BY host, pid ORDER BY moment, started, line) AS client
    FROM session SEMI JOIN (SELECT host, pid FROM session WHERE kind = 'handed_on') AS process USING (host, pid)
    WHERE kind IN ('connected', 'proxied', 'handed_on')
      AND moment BETWEEN getvariable('day_start') - 3605000000 AND getvariable('day_end') + 600000000
), answer AS (
    SELECT * REPLACE (CASE WHEN client.kind = 'proxied' AND client.moment >= moment - 3600000000 THEN client END AS client)
    FROM turn
    WHERE kind = 'handed_on' AND moment >= getvariable('day_start') - 5000000
)
-- The same line may have been read from two files.
SELECT row_number() OVER () AS id, host, queue_id, moment, min(row(started, line)) AS place,
       CASE WHEN count(DISTINCT row(client.ip, client."user")) FILTER (client IS NOT NULL) = 1
            THEN any_value(client) END AS client
FROM answer
GROUP BY host, pid, queue_id, moment;

-- 2. What may have come from a filter, by these queue ids; what came shortly before the day and behind it can be meant as well.
CREATE OR REPLACE TEMP TABLE reinjected AS
WITH taken AS (
    SELECT rowid AS mail, host, mta, queue_id, moment, row(started, line) AS place, ip, sasl_user, passed_on, removed
    FROM message SEMI JOIN handed USING (queue_id)
    UNION ALL
    SELECT NULL, host, mta, queue_id, accepted, min(row(started, line)), ip, sasl_user, bool_or(passed_on), max(removed)
    FROM part SEMI JOIN handed USING (queue_id)
    WHERE accepted BETWEEN getvariable('day_start') - 605000000 AND getvariable('day_end') + 605000000
      AND NOT (accepted >= getvariable('day_start') AND accepted < getvariable('day_end'))
    GROUP BY host, mta, queue_id, accepted, ip, pid, sasl_user
)
SELECT row_number() OVER () AS id, * FROM taken WHERE passed_on OR ip IN (SELECT ip FROM filter_address);

-- 3. Which answer means which message: one whose id was in use (lines of two daemons may be out of order by seconds).
--    On one host that is the last to have come before the answer, in an instance, and a message's first answer is its own.
--    Only an answer that finds none at home looks elsewhere, where a message that gave a user is somebody else's for sure.
CREATE OR REPLACE TEMP TABLE from_filter AS
WITH pair AS (
    SELECT handed.id AS answer, reinjected.id AS life, handed.host = reinjected.host AS at_home, mail, mta, client,
           row(reinjected.moment, reinjected.place) AS began, row(handed.moment, handed.place) AS answered,
           began > answered AS late
    FROM handed JOIN reinjected ON reinjected.queue_id = handed.queue_id
     AND reinjected.moment BETWEEN handed.moment - 600000000 AND handed.moment + 5000000
     AND coalesce(reinjected.removed >= handed.moment - 5000000, true)
     AND (reinjected.host = handed.host OR reinjected.sasl_user IS NULL)
), ranked AS (
    SELECT *, bool_or(at_home) OVER (PARTITION BY answer) OR bool_or(at_home) OVER (PARTITION BY life) AS any_at_home,
           row_number() OVER (PARTITION BY answer, at_home, mta
                              ORDER BY late, CASE WHEN late THEN NULL ELSE began END DESC, began) AS turn_of_life,
           row_number() OVER (PARTITION BY life, at_home
                              ORDER BY late, CASE WHEN late THEN NULL ELSE answered END, answered DESC) AS turn_of_answer
    FROM pair
), meant AS (
    SELECT *, count(*) OVER (PARTITION BY answer) AS lives
    FROM ranked
    WHERE CASE WHEN at_home THEN turn_of_life = 1 AND turn_of_answer = 1 ELSE NOT any_at_home END
)
SELECT any_value(mail) AS mail, any_value(client) AS client
FROM meant
GROUP BY life
HAVING any_value(mail) IS NOT NULL AND max(lives) = 1
   AND count(client) = count(*) AND count(DISTINCT row(client.ip, client."user")) = 1;
