-- Messages from before wabot was linked: how they are stored and counted.

-- name: history_expect
INSERT INTO sessions (tenant_id, history_until) VALUES (:tenant, :until)
ON CONFLICT (tenant_id) DO UPDATE SET history_until = excluded.history_until;

-- name: history_expected
SELECT history_until FROM sessions WHERE tenant_id = :tenant;

-- name: message_seen
SELECT id, is_imported, sender_type FROM messages
WHERE tenant_id = :tenant AND conversation_id = :conversation AND wa_message_id = :id;

-- name: imported_live
-- Whether the message came live, under whichever name of the chat; perhaps it is not decided yet.
SELECT 1 FROM inbound_journal
WHERE tenant_id = :tenant AND message_id = :id
AND chat IN (SELECT chat FROM conversation_chats WHERE tenant_id = :tenant AND conversation_id = :conversation);

-- name: import_message
INSERT INTO messages
    (id, tenant_id, conversation_id, wa_message_id, sender_type, sender_name, message_type, content, status, sent_at,
     created_at, is_imported)
VALUES (:id, :tenant, :conversation, :wa_message, :sender, :name, :type, :content, :status, :at, :at, 1)
ON CONFLICT DO NOTHING;

-- name: imported_count
-- Nobody has to read what is old: unread messages, status and pauses stay as they are.
UPDATE conversations SET
    customer_messages = customer_messages + :customer,
    total_messages = total_messages + :total,
    last_customer_at = CASE WHEN :last_customer > COALESCE(last_customer_at, 0) THEN :last_customer
        ELSE last_customer_at END,
    last_message_from = CASE WHEN :last_at > COALESCE(last_message_at, 0) THEN :last_from ELSE last_message_from END,
    last_message_content = CASE WHEN :last_at > COALESCE(last_message_at, 0) THEN :content
        ELSE last_message_content END,
    last_message_at = CASE WHEN :last_at > COALESCE(last_message_at, 0) THEN :last_at ELSE last_message_at END
WHERE id = :id AND tenant_id = :tenant;

-- name: imported_count_contact
UPDATE contacts SET
    total_messages_received = total_messages_received + :received,
    total_messages_sent = total_messages_sent + :sent,
    first_contact_at = CASE WHEN :first < first_contact_at THEN :first ELSE first_contact_at END,
    last_contact_at = CASE WHEN :last > last_contact_at THEN :last ELSE last_contact_at END
WHERE id = :id AND tenant_id = :tenant;

-- name: imported_conversations
-- Counted anew: history comes newest first, and an older message may join what stood as two conversations.
WITH counted (number) AS (
    SELECT COUNT(*) FROM (
        SELECT sender_type, created_at, LAG(created_at) OVER (ORDER BY created_at) AS before FROM messages
        WHERE tenant_id = :tenant AND conversation_id = :conversation) AS said
    WHERE sender_type = 'customer' AND (before IS NULL OR created_at - before > :gap))
UPDATE contacts SET total_conversations = (SELECT number FROM counted)
WHERE id = :id AND tenant_id = :tenant AND total_conversations < (SELECT number FROM counted);

-- name: imported_name
UPDATE contacts SET name = :name, push_name = :name WHERE name = '' AND id IN (
    SELECT id FROM contacts WHERE tenant_id = :tenant AND phone = :who AND phone <> ''
    UNION ALL SELECT id FROM contacts WHERE tenant_id = :tenant AND lid = :who AND lid <> '');

-- name: imported_drop
DELETE FROM messages WHERE id = :id AND tenant_id = :tenant;

-- name: imported_uncount
UPDATE conversations SET customer_messages = customer_messages - :customer, total_messages = total_messages - 1
WHERE id = :conversation AND tenant_id = :tenant;

-- name: imported_uncount_contact
UPDATE contacts SET
    total_messages_received = total_messages_received - :customer,
    total_messages_sent = total_messages_sent - 1 + :customer
WHERE tenant_id = :tenant AND id = (SELECT contact_id FROM conversations WHERE id = :conversation);

-- name: imported_doubled
-- Imported messages of one conversation that stand in the other one, too.
SELECT id, sender_type FROM messages
WHERE tenant_id = :tenant AND conversation_id = :conversation AND is_imported
AND wa_message_id IN (SELECT wa_message_id FROM messages WHERE conversation_id = :other);
