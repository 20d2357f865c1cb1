-- The lines from which mail of a day was relayed with nobody to explain it, most first.
--
-- Given: what attribution.sql leaves (submission, login, login_event), and place (ip, line) of ranges.py.
-- $kept is how many lines are kept: without login logs every customer would be one.
WITH relayed AS (
    SELECT place.line, place.range, submission.ip, submission.moment, submission.host
    FROM submission JOIN place USING (ip)
    WHERE submission.class = 'unexplained_relay'
), anybody AS (
    SELECT DISTINCT moment FROM login_event
), known AS (
    SELECT DISTINCT ip, moment FROM login SEMI JOIN relayed USING (ip)
), timed AS (
    SELECT relayed.*, any_before.moment AS anybody_at, own_before.moment AS before_at, own_after.moment AS after_at
    FROM relayed
    ASOF LEFT JOIN anybody AS any_before ON any_before.moment <= relayed.moment + getvariable('skew_us')
    ASOF LEFT JOIN known AS own_before ON own_before.ip = relayed.ip AND own_before.moment <= relayed.moment
    ASOF LEFT JOIN known AS own_after ON own_after.ip = relayed.ip AND own_after.moment >= relayed.moment
), counted AS (
    SELECT line, any_value(range) AS range, count(*) AS relayed, min(moment) AS first_at, max(moment) AS last_at,
           list_sort(list(DISTINCT host::VARCHAR))[:10] AS hosts,
           count(*) FILTER (anybody_at IS NULL OR anybody_at < moment - getvariable('window_us')) AS without_logins,
           max(before_at - moment) AS nearest_before, min(after_at - moment) AS nearest_after
    FROM timed GROUP BY line ORDER BY relayed DESC, line LIMIT $kept
), inbound AS (
    SELECT place.line, count(*) AS inbound
    FROM submission JOIN place USING (ip)
    WHERE submission.class = 'inbound' GROUP BY place.line
), family AS (
    SELECT DISTINCT contains(ip, ':') AS six FROM login
)
SELECT counted.line, range, relayed, coalesce(inbound, 0), first_at, last_at, hosts, without_logins,
       CASE WHEN nearest_after IS NULL OR -nearest_before <= nearest_after THEN nearest_before
            ELSE nearest_after END // 1000000 AS nearest_login,
       contains(counted.line, ':') IN (SELECT six FROM family) AS family_logs_in
FROM counted LEFT JOIN inbound USING (line)
ORDER BY relayed DESC, line
