-- Erasing a customer: who that is, and every row about them.

-- name: forget_contacts
SELECT id, phone, lid FROM contacts
WHERE tenant_id = :tenant AND :name <> '' AND (phone = :name OR lid = :name OR id IN
    (SELECT contact_id FROM conversations JOIN conversation_chats ON conversation_chats.conversation_id = conversations.id
     WHERE conversation_chats.tenant_id = :tenant AND conversation_chats.chat = :name));

-- name: forget_chats
SELECT conversations.id, conversation_chats.chat FROM conversations
JOIN conversation_chats ON conversation_chats.conversation_id = conversations.id
WHERE conversations.tenant_id = :tenant AND contact_id = :contact;

-- name: forget_journalled
SELECT chat, message_id, payload, decided_at FROM inbound_journal
WHERE tenant_id = :tenant AND :name <> '' AND (chat = :name OR payload LIKE :quoted ESCAPE '!');

-- name: forget_outbox
DELETE FROM outbox WHERE tenant_id = :tenant AND (conversation_id = :conversation OR chat = :chat);

-- name: forget_send_keys
-- Before what they stand for is gone; a client may have named its key after whoever it writes to.
DELETE FROM send_keys WHERE tenant_id = :tenant
    AND message_id IN (SELECT id FROM outbox WHERE tenant_id = :tenant AND conversation_id = :conversation
        UNION ALL SELECT id FROM messages WHERE tenant_id = :tenant AND conversation_id = :conversation);

-- name: forget_logs
DELETE FROM auto_reply_logs WHERE tenant_id = :tenant AND conversation_id = :conversation;

-- name: forget_log_without_a_chat
DELETE FROM auto_reply_logs
WHERE tenant_id = :tenant AND conversation_id IS NULL AND triggered_at = :at AND triggered_by_message = :said;

-- name: forget_messages
DELETE FROM messages WHERE tenant_id = :tenant AND conversation_id = :conversation;

-- name: forget_names_of_chat
DELETE FROM conversation_chats WHERE tenant_id = :tenant AND conversation_id = :conversation;

-- name: forget_notes
DELETE FROM conversation_notes WHERE tenant_id = :tenant AND conversation_id = :conversation;

-- name: forget_conversation
DELETE FROM conversations WHERE tenant_id = :tenant AND id = :conversation;

-- name: forget_usage
DELETE FROM rule_usage WHERE tenant_id = :tenant AND contact_id = :contact;

-- name: forget_contact
DELETE FROM contacts WHERE tenant_id = :tenant AND id = :contact;

-- name: forget_journal
DELETE FROM inbound_journal WHERE tenant_id = :tenant AND chat = :chat AND message_id = :message;

-- name: forget_in_messages
-- Other chats can mention the number; forgotten() takes it out of a text.
UPDATE messages SET content = forgotten(content), sender_name = forgotten(sender_name),
    error_message = forgotten(error_message)
WHERE tenant_id = :tenant AND (content LIKE :like OR sender_name LIKE :like OR error_message LIKE :like);

-- name: forget_in_outbox
UPDATE outbox SET text = forgotten(text), media = forgotten(media), error = forgotten(error)
WHERE tenant_id = :tenant AND (text LIKE :like OR media LIKE :like OR error LIKE :like);

-- name: forget_in_logs
UPDATE auto_reply_logs SET triggered_by_message = forgotten(triggered_by_message),
    response_sent = forgotten(response_sent), matched_keyword = forgotten(matched_keyword),
    error_message = forgotten(error_message), trace = forgotten(trace)
WHERE tenant_id = :tenant AND (triggered_by_message LIKE :like OR response_sent LIKE :like
    OR matched_keyword LIKE :like OR error_message LIKE :like OR trace LIKE :like);

-- name: forget_in_conversations
UPDATE conversations SET last_message_content = forgotten(last_message_content),
    internal_notes = forgotten(internal_notes)
WHERE tenant_id = :tenant AND (last_message_content LIKE :like OR internal_notes LIKE :like);

-- name: forget_in_notes
UPDATE conversation_notes SET content = forgotten(content) WHERE tenant_id = :tenant AND content LIKE :like;

-- name: forget_in_contacts
UPDATE contacts SET name = forgotten(name), push_name = forgotten(push_name), email = forgotten(email),
    address = forgotten(address), notes = forgotten(notes), blocked_reason = forgotten(blocked_reason)
WHERE tenant_id = :tenant AND (name LIKE :like OR push_name LIKE :like OR email LIKE :like OR address LIKE :like
    OR notes LIKE :like OR blocked_reason LIKE :like);

-- name: forget_in_journal
UPDATE inbound_journal SET payload = forgotten(payload) WHERE tenant_id = :tenant AND payload LIKE :like;
