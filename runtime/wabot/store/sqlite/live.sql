-- What an event tells of a row of the feed.

-- name: live_message
SELECT id, conversation_id, sender_type, sender_name, message_type, content, status, sent_at, created_at, edited_at,
    revoked_at, media_file, media_upload, quoted_message_id, reactions
FROM messages WHERE tenant_id = :tenant AND id = :id;

-- name: live_conversation
SELECT conversations.id, conversations.chat, conversations.status, conversations.priority, conversations.tags,
    conversations.unread_count, conversations.last_message_content, conversations.last_message_from,
    conversations.last_message_at, conversations.created_at, conversations.operator_id,
    contacts.phone, contacts.name, operators.name AS operator_name
FROM conversations
JOIN contacts ON contacts.id = conversations.contact_id
LEFT JOIN operators ON operators.id = conversations.operator_id
WHERE conversations.tenant_id = :tenant AND conversations.id = :id;

-- name: live_operator
SELECT id, name, status FROM operators WHERE tenant_id = :tenant AND id = :id;

-- name: live_read
-- A person has looked at the chat.
UPDATE conversations SET unread_count = 0 WHERE tenant_id = :tenant AND id = :id AND unread_count > 0;

-- name: live_chat
-- What is asked of a conversation before a client has anything to do with it.
SELECT id, chat, customer_messages, unread_count FROM conversations WHERE tenant_id = :tenant AND id = :id;
