-- Draw a wave for every holdout of a campaign that is in none, or `anew` for all whom no person put into one.
-- Within each reason and program they are dealt out in an order that the seed gives. Which wave gets the
-- first card is the seed's, too, anew for each batch, or the first wave would get all who come alone.
WITH RECURSIVE numbers(number) AS (
    SELECT 1
    UNION ALL
    SELECT number + 1 FROM numbers WHERE number < %(waves)s
),
people AS MATERIALIZED (
    SELECT id,
           reason,
           client_program,
           MIN(id) OVER () AS batch,
           ROW_NUMBER() OVER (
               PARTITION BY reason, client_program
               ORDER BY MD5(%(seed)s || '/' || id)
           ) AS place
    FROM campaign_holdout
    WHERE campaign_id = %(campaign)s AND (wave IS NULL OR (%(anew)s AND NOT wave_pinned))
),
turns AS MATERIALIZED (
    SELECT kinds.reason,
           kinds.client_program,
           numbers.number AS wave,
           ROW_NUMBER() OVER (
               PARTITION BY kinds.reason, kinds.client_program
               ORDER BY MD5(%(seed)s || '/' || kinds.batch || '/' || kinds.reason || '/' || kinds.client_program
                            || '/' || numbers.number)
           ) AS turn
    FROM (SELECT DISTINCT reason, client_program, batch FROM people) AS kinds
    CROSS JOIN numbers
),
drawn AS MATERIALIZED (
    SELECT people.id, turns.wave
    FROM people
    JOIN turns
        ON turns.reason = people.reason
       AND turns.client_program = people.client_program
       AND turns.turn = 1 + (people.place - 1) %% %(waves)s
    ORDER BY people.id -- rows and indexes are then written from page to page
)
UPDATE campaign_holdout AS holdout
SET wave = drawn.wave
FROM drawn
WHERE holdout.id = drawn.id
