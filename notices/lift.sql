-- Of one mailing, by the day that each notice was planned for and its language: how many had not the
-- outcome on the eve of planning, by the day on which they had it. Two outcomes: left the old way and has
-- not gone back since (`moved`), sent with SMTP-AUTH for the first time (`started`; of those who had not
-- lately). Who had no slot was never in the lot, and who was put into a wave by hand was not drawn.
WITH since AS MATERIALIZED (
    SELECT change.holdout_id,
           MIN(change.day) AS changed_on,
           MIN(CASE WHEN change.standing IN ('mixed', 'moving', 'migrated') THEN change.day END) AS started_on,
           MAX(CASE WHEN change.standing NOT IN ('moving', 'migrated') THEN change.day END) AS back_on
    FROM campaign_standingchange AS change
    WHERE change.day >= %(planned_on)s
    GROUP BY change.holdout_id
),
moved AS MATERIALIZED (
    SELECT change.holdout_id, MIN(change.day) AS moved_on
    FROM campaign_standingchange AS change
    JOIN since ON since.holdout_id = change.holdout_id
    WHERE change.day >= %(planned_on)s
      AND change.standing IN ('moving', 'migrated')
      AND (since.back_on IS NULL OR change.day > since.back_on)
    GROUP BY change.holdout_id
),
people AS MATERIALIZED (
    SELECT notice.slot_on,
           notice.language,
           COALESCE(change.previous, holdout.standing) AS eve,
           since.started_on,
           moved.moved_on
    FROM notices_notice AS notice
    JOIN campaign_holdout AS holdout ON holdout.id = notice.holdout_id
    LEFT JOIN since ON since.holdout_id = notice.holdout_id
    LEFT JOIN campaign_standingchange AS change
        ON change.holdout_id = since.holdout_id AND change.day = since.changed_on
    LEFT JOIN moved ON moved.holdout_id = notice.holdout_id
    WHERE notice.mailing_id = %(mailing)s
      AND notice.slot_on IS NOT NULL
      AND NOT (%(by_waves)s AND holdout.wave_pinned)
)
SELECT 'moved' AS outcome, slot_on, language, moved_on AS day, COUNT(*) AS people
FROM people
WHERE eve IN ('holdout', 'mixed')
GROUP BY slot_on, language, moved_on
UNION ALL
SELECT 'started' AS outcome, slot_on, language, started_on AS day, COUNT(*) AS people
FROM people
WHERE eve = 'holdout'
GROUP BY slot_on, language, started_on
