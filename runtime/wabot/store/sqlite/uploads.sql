-- Files that people send, and every file that stands in a message.

-- name: upload_add
INSERT INTO uploads (id, tenant_id, name, mime_type, size, owner, idempotency_key, created_at)
VALUES (:id, :tenant, :name, :mime, :size, :owner, :key, :at);

-- name: upload_row
SELECT * FROM uploads WHERE tenant_id = :tenant AND id = :id;

-- name: upload_of_key
SELECT * FROM uploads
WHERE tenant_id = :tenant AND owner = :owner AND idempotency_key = :key AND idempotency_key <> '';

-- name: upload_used
UPDATE uploads SET used_at = :at WHERE tenant_id = :tenant AND id = :id;

-- name: uploads_stored
SELECT COALESCE(SUM(size), 0) AS bytes FROM uploads WHERE tenant_id = :tenant;

-- name: uploads_over
-- Nobody used it, or long ago; and nothing that is still to go out sends it.
SELECT id FROM uploads WHERE tenant_id = :tenant AND created_at < :unused
    AND COALESCE(used_at, created_at) < CASE WHEN used_at IS NULL THEN :unused ELSE :used END
    AND NOT EXISTS (SELECT 1 FROM messages
        WHERE tenant_id = :tenant AND media_upload <> '' AND media_upload = uploads.id
        AND status IN ('queued', 'sending'))
LIMIT :most;

-- name: upload_drop
DELETE FROM uploads WHERE tenant_id = :tenant AND id = :id;

-- name: outbox_encloses
UPDATE outbox SET media = :media WHERE tenant_id = :tenant AND id = :id;

-- name: message_encloses
UPDATE messages SET message_type = :type, media_mime_type = :mime, media_size = :size, media_details = :details,
    media_upload = :upload
WHERE tenant_id = :tenant AND id = :id;

-- name: file_of_message
SELECT messages.*, COALESCE(uploads.name, '') AS upload_name, COALESCE(outbox.media, '') AS outbox_media
FROM messages
LEFT JOIN uploads ON uploads.id = messages.media_upload AND uploads.tenant_id = messages.tenant_id
LEFT JOIN outbox ON outbox.id = messages.id
WHERE messages.tenant_id = :tenant AND messages.id = :id;

-- name: gallery
-- A tenant's files, the newest first; from behind the one with which the page before ended.
SELECT * FROM messages
WHERE tenant_id = :tenant AND media_details <> '' AND (created_at, id) < (:at, :id)
    AND message_type IN ('image', 'video', 'audio', 'document', 'sticker')
ORDER BY created_at DESC, id DESC LIMIT :most;

-- name: gallery_of_kind
SELECT * FROM messages
WHERE tenant_id = :tenant AND media_details <> '' AND message_type = :kind AND (created_at, id) < (:at, :id)
ORDER BY created_at DESC, id DESC LIMIT :most;

-- name: gallery_of_conversation
SELECT * FROM messages
WHERE tenant_id = :tenant AND conversation_id = :conversation AND media_details <> ''
    AND (created_at, id) < (:at, :id) AND (:kind = '' OR message_type = :kind)
    AND message_type IN ('image', 'video', 'audio', 'document', 'sticker')
ORDER BY created_at DESC, id DESC LIMIT :most;

-- name: forget_uploads
-- What was sent to this customer, and to nobody else.
SELECT DISTINCT media_upload FROM messages AS theirs
WHERE tenant_id = :tenant AND conversation_id = :conversation AND media_upload <> ''
    AND NOT EXISTS (SELECT 1 FROM messages AS others WHERE others.tenant_id = :tenant
        AND others.media_upload <> '' AND others.media_upload = theirs.media_upload
        AND others.conversation_id <> :conversation);
