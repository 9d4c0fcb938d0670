-- The feed of changes, and who has read how far.

-- name: feed_after
SELECT sequence, kind, conversation_id, subject_id, data, at FROM feed
WHERE tenant_id = :tenant AND sequence > :after ORDER BY sequence LIMIT :most;

-- name: feed_last
SELECT COALESCE(MAX(sequence), 0) AS last FROM feed WHERE tenant_id = :tenant;

-- name: feed_first
SELECT COALESCE(MIN(sequence), 0) AS first FROM feed WHERE tenant_id = :tenant;

-- name: feed_listen
-- From now on changes are written down for this reader, who begins behind what is there.
INSERT INTO feed_readers (tenant_id, reader, position, since)
VALUES (:tenant, :reader, (SELECT COALESCE(MAX(sequence), 0) FROM feed WHERE tenant_id = :tenant), :at)
ON CONFLICT (tenant_id, reader) DO NOTHING;

-- name: feed_position
SELECT position FROM feed_readers WHERE tenant_id = :tenant AND reader = :reader;

-- name: feed_read
UPDATE feed_readers SET position = :position WHERE tenant_id = :tenant AND reader = :reader AND position < :position;

-- name: feed_leave
DELETE FROM feed_readers WHERE tenant_id = :tenant AND reader = :reader;

-- name: feed_forget
-- What was read by all who read, and is old; and what is so old that nobody will. The newest row stays: it tells how far
-- the feed has come.
DELETE FROM feed WHERE sequence IN (
    SELECT sequence FROM feed WHERE tenant_id = :tenant AND at < :before
        AND sequence < (SELECT MAX(sequence) FROM feed WHERE tenant_id = :tenant)
        AND (at < :long_before OR sequence <=
            (SELECT COALESCE(MIN(position), 0) FROM feed_readers WHERE tenant_id = :tenant))
    LIMIT :most);
