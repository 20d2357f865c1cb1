-- What would have failed on one day, had the old way been off; a row each way, customer and place of sending.
--
-- Given: submission (attribution.sql), place (ip, line, range, inside) of the clients without SMTP-AUTH, and
-- the rule: $rule is all, outside (those `inside` a network go on) or hosts (only $hosts refuse).
INSERT INTO shadow
SELECT $day AS day, class, "user" AS login, place.range, place.line, submission.host::VARCHAR AS host, known_program AS program,
       class <> 'smtp_auth' AND CASE $rule
           WHEN 'all' THEN true
           WHEN 'outside' THEN NOT inside
           ELSE list_contains($hosts, lower(host::VARCHAR))
                OR list_contains($hosts, lower(split_part(host::VARCHAR, '.', 1))) END AS refused,
       count(*) AS submissions,
       count(*) FILTER (attribution = 'confirmed') AS confirmed,
       count(*) FILTER (NOT remote) AS local_only,
       max(moment) AS last_at
FROM submission LEFT JOIN place USING (ip)
WHERE class IN ('smtp_auth', 'pop_before_smtp', 'local_port25', 'unexplained_relay')
GROUP BY ALL
