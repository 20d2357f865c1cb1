-- How far mails are from logins of the same customer, by login server and mail server, in whole seconds.
--
-- Given as views:     piece (campaign/logs/events.py), told_login (logins.sql)
-- Given as variables: day_start, day_end, reach_us; homes, busy: numbers
--
-- Only addresses behind which one customer alone logged in are asked. Each has one vote: it is divided
-- among the mails, and of each mail among the logins within reach. So neither a program that
-- collects mail every minute nor one that sends a thousand mails outvotes people.
WITH login AS (
    SELECT DISTINCT host, ip, lower(split_part("user", '@', 1)) AS name, moment FROM told_login
), mail AS (
    SELECT DISTINCT host, ip, lower(split_part(sasl_user, '@', 1)) AS name, accepted AS moment
    FROM piece
    WHERE accepted >= getvariable('day_start') AND accepted < getvariable('day_end')
      AND ip IS NOT NULL AND NOT coalesce(passed_on, false)
), home AS (
    SELECT ip, any_value(login.name) AS name
    FROM login SEMI JOIN mail USING (ip)
    GROUP BY ip HAVING count(DISTINCT login.name) = 1
    ORDER BY hash(ip), ip LIMIT getvariable('homes')
), sent AS (
    SELECT mail.*, row_number() OVER (ORDER BY ip, moment, host) AS id
    FROM mail JOIN home USING (ip)
    WHERE coalesce(mail.name, home.name) IN (home.name, '')
    QUALIFY count(*) OVER (PARTITION BY ip) <= getvariable('busy')
), pair AS (
    SELECT login.host AS login_host, sent.host AS mail_host, sent.ip, sent.id, sent.moment - login.moment AS apart,
           1.0 / count(*) OVER (PARTITION BY sent.id) AS share
    FROM sent JOIN login ON login.ip = sent.ip
     AND login.moment BETWEEN sent.moment - getvariable('reach_us') AND sent.moment + getvariable('reach_us')
), vote AS (
    SELECT *, share / count(DISTINCT id) OVER (PARTITION BY ip) AS part FROM pair
)
SELECT login_host::VARCHAR AS login_host, mail_host::VARCHAR AS mail_host,
       floor(apart / 1000000)::INTEGER AS seconds, sum(part) AS votes, sum(part * part) AS squares
FROM vote GROUP BY ALL ORDER BY ALL
