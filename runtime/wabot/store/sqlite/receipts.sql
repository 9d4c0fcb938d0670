-- Receipts that name a message by WhatsApp's id.

-- name: message_of_receipt
SELECT messages.id, messages.sender_type, messages.status FROM conversation_chats
JOIN messages ON messages.conversation_id = conversation_chats.conversation_id
WHERE conversation_chats.tenant_id = :tenant AND conversation_chats.chat = :chat AND messages.wa_message_id = :id;

-- name: outbox_uncertain
-- What a receipt with an id that nobody knows may be about: only what has no id yet.
SELECT outbox.id, outbox.status FROM conversation_chats
JOIN outbox ON outbox.conversation_id = conversation_chats.conversation_id
WHERE conversation_chats.tenant_id = :tenant AND conversation_chats.chat = :chat AND outbox.created_at > :since
    AND outbox.status IN ('sending', 'unknown') AND outbox.kind <> 'note'
    AND NOT EXISTS (SELECT 1 FROM messages WHERE messages.id = outbox.id AND messages.wa_message_id IS NOT NULL);

-- name: outbox_unreadable
UPDATE outbox SET status = 'unknown', error = :error WHERE id = :id AND tenant_id = :tenant AND status = 'sent'
RETURNING rule_id;

-- name: message_row
SELECT * FROM messages WHERE id = :id AND tenant_id = :tenant;

-- name: message_named
UPDATE messages SET wa_message_id = :wa_id WHERE id = :id AND tenant_id = :tenant;
