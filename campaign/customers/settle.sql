-- The holdout's own columns from its history, for those whose history changed from a day on.
WITH history AS MATERIALIZED (
    SELECT known.id AS holdout_id,
           (SELECT MAX(change.day) FROM campaign_standingchange AS change
            WHERE change.holdout_id = known.id
           ) AS day,
           (SELECT MIN(change.day) FROM campaign_standingchange AS change
            WHERE change.holdout_id = known.id AND change.standing = 'migrated'
           ) AS migrated_on
    FROM campaign_holdout AS known
    WHERE known.campaign_id = %(campaign)s
      AND (known.standing_since >= %(start)s
           OR known.migrated_on >= %(start)s
           OR known.id IN (SELECT change.holdout_id FROM campaign_standingchange AS change
                           WHERE change.day >= %(start)s))
)
UPDATE campaign_holdout AS holdout
SET standing = latest.standing,
    standing_since = latest.day,
    migrated_on = history.migrated_on,
    relapsed = (history.migrated_on IS NOT NULL AND latest.standing IN ('holdout', 'mixed'))
FROM history
JOIN campaign_standingchange AS latest ON latest.holdout_id = history.holdout_id AND latest.day = history.day
WHERE holdout.id = history.holdout_id
  AND (holdout.standing <> latest.standing
       OR holdout.standing_since <> latest.day
       OR holdout.migrated_on IS DISTINCT FROM history.migrated_on)
