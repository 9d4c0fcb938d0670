-- Files of messages: what is to be downloaded, and what was.

-- name: files_wanted
SELECT id, message_type, media_details, media_tries FROM messages
WHERE tenant_id = :tenant AND media_details <> '' AND created_at >= :since AND media_file = '' AND media_error = '' AND media_upload = ''
AND NOT is_imported AND message_type IN ('image', 'video', 'audio', 'document', 'sticker')
ORDER BY created_at LIMIT :most;

-- name: file_stored
UPDATE messages SET media_file = :name, media_size = :size
WHERE id = :id AND tenant_id = :tenant AND revoked_at IS NULL;

-- name: file_failed
UPDATE messages SET media_tries = media_tries + 1, media_error = :error WHERE id = :id AND tenant_id = :tenant;

-- name: file_known
SELECT 1 FROM messages WHERE tenant_id = :tenant AND media_file <> '' AND media_file = :name;

-- name: forget_files
SELECT media_file FROM messages WHERE tenant_id = :tenant AND conversation_id = :conversation AND media_file <> '';
