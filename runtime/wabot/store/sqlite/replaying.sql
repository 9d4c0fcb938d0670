-- What customers wrote and what was really answered, chat by chat, to be decided by other rules.

-- name: replay_conversations
-- Chats in which something was said since :since, what is known of their customers, and how they stood then.
SELECT conversations.id, conversations.chat, conversations.status, contacts.phone, contacts.name, contacts.name_set,
    contacts.tags, contacts.segment_manual, contacts.total_orders, contacts.is_blocked,
    conversations.customer_messages - (SELECT COUNT(*) FROM messages
        WHERE conversation_id = conversations.id AND created_at >= :since AND sender_type = 'customer'
            AND is_imported = 0) AS earlier,
    (SELECT COALESCE(sent_at, created_at) FROM messages
        WHERE conversation_id = conversations.id AND created_at < :since AND sender_type = 'customer'
        ORDER BY created_at DESC LIMIT 1) AS last_contact
FROM conversations JOIN contacts ON contacts.id = conversations.contact_id
WHERE +conversations.tenant_id = :tenant
    AND MAX(conversations.updated_at, COALESCE(conversations.last_message_at, 0)) >= :since
ORDER BY conversations.id;

-- name: replay_messages
-- A row for each rule that answered, or one that says why none did; one without a reason where nobody decided.
SELECT messages.created_at, messages.sender_type, messages.id, COALESCE(messages.sent_at, messages.created_at),
    messages.sender_name, messages.message_type, messages.revoked_at IS NOT NULL,
    COALESCE(logs.triggered_by_message, messages.content), logs.reason, logs.rule_id, logs.response_sent,
    logs.error_message
FROM messages LEFT JOIN auto_reply_logs AS logs ON logs.message_id = messages.id
WHERE messages.conversation_id = :conversation AND messages.created_at >= :since AND messages.created_at < :until
    AND messages.sender_type IN ('customer', 'cs') AND messages.is_imported = 0
ORDER BY messages.created_at, messages.sender_type DESC, messages.id, logs.rowid;

-- name: replay_statuses
SELECT at, status FROM conversation_statuses WHERE conversation_id = :conversation AND at < :until ORDER BY at, rowid;

-- name: replay_reminders
-- What people had sent at a time: it silences nobody.
SELECT id FROM follow_ups WHERE tenant_id = :tenant AND rule_id = '' AND status = 'handed_over';

-- name: replay_orders
SELECT ordered_at FROM orders
WHERE tenant_id = :tenant AND phone = :phone AND ordered_at >= :since AND status NOT IN ('cancelled', 'refunded');

-- name: replay_pauses
-- For how long people's messages silenced the bot, and in how many chats: a person's order may stand among them.
SELECT paused_until - (SELECT created_at FROM messages
        WHERE conversation_id = conversations.id AND sender_type = 'cs' AND is_imported = 0
        ORDER BY created_at DESC LIMIT 1) AS pause, COUNT(*) AS chats
FROM conversations WHERE +tenant_id = :tenant AND paused_until IS NOT NULL
GROUP BY pause HAVING pause > 0 AND pause % 1000 = 0 ORDER BY chats DESC, pause LIMIT 20;

-- name: replay_staffed
SELECT EXISTS (SELECT 1 FROM operators WHERE tenant_id = :tenant) AS staffed;
