-- For how long addresses were open on the day because somebody behind them had logged in.
--
-- Given: what attribution.sql leaves (submission, login); $domain, for logins without one ("" where there is none).
-- The next login begins the window anew, so each counts up to the next one, or to its end.
WITH told AS (
    SELECT ip, replace(lower("user"), '%', '@') AS typed, moment FROM login
), person AS (
    SELECT ip, moment, CASE WHEN contains(typed, '@') OR $domain = '' THEN typed ELSE concat(typed, '@', $domain) END AS name
    FROM told
), span AS (
    SELECT ip, greatest(moment, getvariable('day_start')) AS begin,
           least(moment + getvariable('window_us'), getvariable('day_end'),
                 coalesce(lead(moment) OVER (PARTITION BY ip ORDER BY moment), getvariable('day_end'))) AS until
    FROM (SELECT DISTINCT ip, moment FROM person)
), open AS (
    SELECT ip, sum(until - begin) AS lasted FROM span WHERE until > begin GROUP BY ip
), shared AS (
    SELECT ip, count(DISTINCT name) AS people FROM person SEMI JOIN open USING (ip) GROUP BY ip HAVING people > 1
), used AS (
    SELECT DISTINCT ip FROM submission WHERE class = 'pop_before_smtp'
)
SELECT count(*), coalesce(sum(lasted), 0)::BIGINT // 60000000,
       count(used.ip), coalesce(sum(lasted) FILTER (used.ip IS NOT NULL), 0)::BIGINT // 60000000,
       count(shared.ip), coalesce(sum(lasted) FILTER (shared.ip IS NOT NULL), 0)::BIGINT // 60000000,
       (SELECT count(DISTINCT name) FROM person SEMI JOIN shared USING (ip)), coalesce(max(shared.people), 0)
FROM open LEFT JOIN used USING (ip) LEFT JOIN shared USING (ip)
