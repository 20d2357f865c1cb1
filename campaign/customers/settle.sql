-- The holdout's own columns from its history, for those whose history changed from a day on.
UPDATE campaign_holdout AS holdout
SET standing = history.standing,
    standing_since = history.day,
    migrated_on = history.migrated_on,
    relapsed = (history.migrated_on IS NOT NULL AND history.standing IN ('holdout', 'mixed'))
FROM (
    SELECT latest.holdout_id,
           latest.day,
           latest.standing,
           (SELECT MIN(change.day) FROM campaign_standingchange AS change
            WHERE change.holdout_id = latest.holdout_id AND change.standing = 'migrated'
           ) AS migrated_on
    FROM campaign_holdout AS known
    JOIN campaign_standingchange AS latest
        ON latest.holdout_id = known.id
       AND latest.day = (SELECT MAX(change.day) FROM campaign_standingchange AS change
                         WHERE change.holdout_id = known.id)
    WHERE known.campaign_id = %(campaign)s
      AND (known.standing_since >= %(start)s OR known.migrated_on >= %(start)s OR latest.day >= %(start)s)
) AS history
WHERE holdout.id = history.holdout_id
