-- What the people who run a tenant ask its store, and order it to do.

-- name: why_keys
-- Every message that goes by this id: WhatsApp's, our own, or that of a reply to it.
SELECT chat, message_id FROM inbound_journal WHERE tenant_id = :tenant AND message_id = :id
UNION
SELECT conversations.chat, messages.wa_message_id FROM messages
JOIN conversations ON conversations.id = messages.conversation_id
WHERE messages.tenant_id = :tenant AND messages.sender_type <> 'auto_reply'
AND messages.wa_message_id IS NOT NULL AND messages.wa_message_id = :id
UNION
SELECT conversations.chat, messages.wa_message_id FROM messages
JOIN conversations ON conversations.id = messages.conversation_id
WHERE messages.id = :id AND messages.tenant_id = :tenant AND messages.wa_message_id IS NOT NULL
AND messages.sender_type <> 'auto_reply'
UNION
SELECT outbox.chat, messages.wa_message_id FROM outbox
JOIN auto_reply_logs ON auto_reply_logs.conversation_id = outbox.conversation_id
AND auto_reply_logs.triggered_at = outbox.created_at AND auto_reply_logs.rule_id = outbox.rule_id
JOIN messages ON messages.id = auto_reply_logs.message_id
WHERE outbox.tenant_id = :tenant AND messages.wa_message_id IS NOT NULL
AND (outbox.id = :id OR outbox.id IN
    (SELECT id FROM messages WHERE tenant_id = :tenant AND wa_message_id = :id AND sender_type = 'auto_reply'))
ORDER BY 1, 2;

-- name: why_newest
SELECT chat, message_id, payload FROM inbound_journal
WHERE tenant_id = :tenant AND (:chat = '' OR chat = :chat) ORDER BY sequence DESC LIMIT 500;

-- name: why_message
SELECT messages.*, conversations.chat FROM messages JOIN conversations ON conversations.id = messages.conversation_id
WHERE messages.tenant_id = :tenant AND conversations.tenant_id = :tenant AND conversations.chat = :chat
AND messages.wa_message_id = :id;

-- name: why_journal
SELECT * FROM inbound_journal WHERE tenant_id = :tenant AND chat = :chat AND message_id = :id;

-- name: why_logs
SELECT * FROM auto_reply_logs WHERE tenant_id = :tenant AND message_id = :message;

-- name: why_logs_without_a_chat
-- Groups and reactions leave a log and no message.
SELECT * FROM auto_reply_logs
WHERE tenant_id = :tenant AND conversation_id IS NULL AND triggered_at = :at AND triggered_by_message = :said;

-- name: why_replies
SELECT outbox.* FROM outbox JOIN conversations ON conversations.id = outbox.conversation_id
WHERE outbox.tenant_id = :tenant AND conversations.tenant_id = :tenant AND conversations.chat = :chat
AND outbox.created_at = :at ORDER BY outbox.sequence;

-- name: chat_messages
-- Newest first; replies bear the moment of the message that they answer, and come after it. Of two messages of one
-- millisecond the id tells which was decided first.
SELECT messages.*, conversations.chat FROM messages JOIN conversations ON conversations.id = messages.conversation_id
LEFT JOIN outbox ON outbox.id = messages.id
WHERE messages.tenant_id = :tenant AND conversations.tenant_id = :tenant AND conversations.chat = :chat
ORDER BY messages.created_at DESC, COALESCE(outbox.sequence, 0) DESC, messages.id DESC LIMIT :most;

-- name: chats
SELECT conversations.chat, contacts.phone FROM conversations JOIN contacts ON contacts.id = conversations.contact_id
WHERE conversations.tenant_id = :tenant;

-- name: conversations_listed
SELECT conversations.*, contacts.name, contacts.phone, COALESCE(operators.email, '') AS operator,
    COALESCE(former.email, '') AS former,
    CASE WHEN contacts.segment_manual <> '' THEN contacts.segment_manual ELSE contacts.segment END AS segment,
    contacts.total_orders, contacts.total_conversations, contacts.total_messages_received,
    contacts.total_messages_sent, contacts.first_contact_at, contacts.last_contact_at
FROM conversations
JOIN contacts ON contacts.id = conversations.contact_id
LEFT JOIN operators ON operators.id = conversations.operator_id
LEFT JOIN operators AS former ON former.id = conversations.had_by
WHERE conversations.tenant_id = :tenant
AND (:chat = '' OR conversations.chat = :chat)
AND (:status = '' OR conversations.status = :status)
AND (:search = '' OR conversations.chat LIKE :search ESCAPE '!' OR contacts.phone LIKE :search ESCAPE '!'
     OR LOWER(contacts.name) LIKE :search ESCAPE '!'
     OR EXISTS (SELECT 1 FROM messages WHERE messages.conversation_id = conversations.id
                AND LOWER(messages.content) LIKE :search ESCAPE '!'))
ORDER BY conversations.last_message_at DESC NULLS LAST, conversations.chat LIMIT :most;

-- name: outbox_listed
-- What waits, what nobody knows, and what failed since.
SELECT * FROM outbox WHERE tenant_id = :tenant AND status = 'queued'
UNION ALL
SELECT * FROM outbox WHERE tenant_id = :tenant AND status = 'sending'
UNION ALL
SELECT * FROM outbox
WHERE tenant_id = :tenant AND status IN ('failed', 'unknown') AND (status = 'unknown' OR due_at >= :since)
ORDER BY due_at, sequence;

-- name: outbox_cancel_one
UPDATE outbox SET status = 'failed', error = :error WHERE id = :id AND tenant_id = :tenant AND status = 'queued';

-- name: outbox_retry
-- One that is unknown is sent again only when a person says that it did not arrive.
UPDATE outbox SET status = 'queued', error = '', claimed_at = NULL, due_at = :due
WHERE id = :id AND tenant_id = :tenant AND (status = 'failed' OR (status = 'unknown' AND :known = 1));

-- name: message_unnamed
-- It gets another id of WhatsApp's when it is sent again.
UPDATE messages SET wa_message_id = NULL WHERE id = :id AND tenant_id = :tenant;

-- name: tenant_pause
INSERT INTO sessions (tenant_id, paused_until) VALUES (:tenant, :until)
ON CONFLICT (tenant_id) DO UPDATE SET paused_until = excluded.paused_until;

-- name: tenant_now
-- Whether a person has paused the bot, and whether there are people who answer in wabot.
SELECT
    EXISTS (SELECT 1 FROM sessions WHERE tenant_id = :tenant AND paused_until > :now) AS paused,
    EXISTS (SELECT 1 FROM operators WHERE tenant_id = :tenant) AS staffed;

-- name: chat_pause
UPDATE conversations SET paused_until = :until, updated_at = :at WHERE tenant_id = :tenant AND chat = :chat;
