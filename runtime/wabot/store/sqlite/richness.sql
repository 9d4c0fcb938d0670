-- What comes in beside plain text: quotes, forwards, media, edits, revocations and reactions.

-- name: message_enrich
UPDATE messages SET
    quoted_message_id = :quoted, is_forwarded = CASE WHEN :forwarded > 0 THEN 1 ELSE 0 END, forward_count = :forwarded,
    media_mime_type = :mime, media_size = :size, media_details = :details
WHERE id = :id AND tenant_id = :tenant;

-- name: message_about
-- By WhatsApp's id, or by the store's own: a reply of the bot's goes by either.
SELECT * FROM messages WHERE tenant_id = :tenant AND conversation_id = :conversation AND wa_message_id = :id
UNION ALL
SELECT * FROM messages WHERE tenant_id = :tenant AND conversation_id = :conversation AND id = :id
LIMIT 1;

-- name: message_edit
UPDATE messages SET content = :content, edits = :edits, edited_at = :at WHERE id = :id AND tenant_id = :tenant;

-- name: message_revoke
-- Who took it back wants nobody to read it: nothing of it stays but that it was there.
UPDATE messages SET
    content = '', edits = '[]', media_mime_type = '', media_size = 0, media_details = '', media_file = '',
    media_error = '', media_upload = '', quoted_message_id = '', revoked_at = :at
WHERE id = :id AND tenant_id = :tenant;

-- name: message_react
UPDATE messages SET reactions = :reactions WHERE id = :id AND tenant_id = :tenant;

-- name: conversation_content
UPDATE conversations SET last_message_content = :content
WHERE id = :id AND tenant_id = :tenant AND last_message_at = :at AND last_message_content = :before;

-- name: revoke_logs
UPDATE auto_reply_logs SET triggered_by_message = ''
WHERE tenant_id = :tenant AND conversation_id = :conversation AND message_id = :message;

-- name: revoke_journalled
-- The message, and the edits of it.
SELECT chat, message_id, payload FROM inbound_journal
WHERE tenant_id = :tenant
AND chat IN (SELECT chat FROM conversation_chats WHERE tenant_id = :tenant AND conversation_id = :conversation)
AND (message_id = :id OR payload LIKE '%"about": %');

-- name: revoke_payload
UPDATE inbound_journal SET payload = :payload WHERE tenant_id = :tenant AND chat = :chat AND message_id = :message;

-- name: forget_in_richness
UPDATE messages SET media_details = forgotten(media_details), edits = forgotten(edits),
    media_error = forgotten(media_error), reactions = forgotten(reactions)
WHERE tenant_id = :tenant AND (media_details LIKE :like OR edits LIKE :like OR media_error LIKE :like
    OR reactions LIKE :like);

-- name: message_quoted
WITH asked (conversation) AS (SELECT id FROM conversations WHERE tenant_id = :tenant AND chat = :chat)
SELECT content FROM messages
WHERE tenant_id = :tenant AND conversation_id = (SELECT conversation FROM asked) AND wa_message_id = :id
UNION ALL
SELECT content FROM messages
WHERE tenant_id = :tenant AND conversation_id = (SELECT conversation FROM asked) AND id = :id
LIMIT 1;
