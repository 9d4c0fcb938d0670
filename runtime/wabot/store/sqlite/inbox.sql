-- The inbox of a team: what it shows, and what people do there.

-- name: conversations_counted
-- Of those that are wanted, how many there are and how many are unread; and how many are unread of all.
SELECT COALESCE(SUM(number * wanted), 0) AS number, COALESCE(SUM(number * wanted * unread), 0) AS unread,
    COALESCE(SUM(number * unread), 0) AS all_unread
FROM (SELECT number, unread, (CASE WHEN :status IS NULL THEN status <> 'spam' ELSE status = :status END)
        AND (:operator IS NULL OR operator_id = :operator) AS wanted
    FROM conversation_counts WHERE tenant_id = :tenant);

-- name: tagged
SELECT COUNT(*) AS number FROM
    (SELECT 1 FROM conversation_tags WHERE tenant_id = :tenant AND tag = :what LIMIT :most);

-- name: worded
SELECT COUNT(*) AS number FROM
    (SELECT 1 FROM contact_words WHERE tenant_id = :tenant AND word >= :what AND word < :what || char(1114111) LIMIT :most);

-- name: snoozed_counted
SELECT COUNT(*) AS number FROM conversations
WHERE tenant_id = :tenant AND snoozed_until IS NOT NULL AND snoozed_until > :now
    AND (CASE WHEN :status IS NULL THEN status <> 'spam' ELSE status = :status END)
    AND (:owned IS NULL OR operator_id IS :operator) AND (:unread IS NULL OR (unread_count > 0) = :unread);

-- name: inbox_conversation
-- One conversation with its customer.
SELECT contacts.name AS contact_name, contacts.phone AS contact_phone, contacts.is_blocked,
    operators.name AS operator_name, operators.email AS operator_email, conversations.*
FROM conversations JOIN contacts ON contacts.id = conversations.contact_id
LEFT JOIN operators ON operators.id = conversations.operator_id
WHERE conversations.tenant_id = :tenant AND conversations.id = :id;

-- shared: message_is_plain
-- It shows nothing but its text.
error_message = '' AND quoted_message_id = '' AND NOT is_forwarded AND edited_at IS NULL AND reactions = '[]'
    AND revoked_at IS NULL AND NOT is_imported AS is_plain

-- shared: message_quoted
-- What a message replies to is known by WhatsApp's id: `quoted_id` is ours.
CASE WHEN messages.quoted_message_id <> '' THEN COALESCE(
    (SELECT quoted.id FROM messages AS quoted WHERE quoted.tenant_id = :tenant
        AND quoted.conversation_id = messages.conversation_id
        AND quoted.wa_message_id = messages.quoted_message_id),
    (SELECT quoted.id FROM messages AS quoted WHERE quoted.tenant_id = :tenant
        AND quoted.conversation_id = messages.conversation_id AND quoted.id = messages.quoted_message_id)
) END AS quoted_id

-- shared: message_listed
-- Not all columns: each is looked for by its name among those before it, a hundred times a page.
messages.id, messages.conversation_id, sender_type, message_type, messages.created_at, messages.status, content,
    {message_is_plain},
    sent_at, delivered_at, read_at, sender_name, sender_id, wa_message_id, error_message, quoted_message_id, is_forwarded,
    edited_at, reactions, revoked_at, is_imported, forward_count, deleted_by, media_mime_type, media_size, media_error,
    media_file, media_upload,
    {message_quoted}

-- name: inbox_message
-- One message, with the chat that it stands in.
SELECT messages.*, {message_is_plain},
    conversations.looked_at, conversations.unread_count, conversations.paused_until,
    CASE WHEN contacts.name = '' THEN contacts.phone ELSE contacts.name END AS contact_name,
    {message_quoted}
FROM messages JOIN conversations ON conversations.id = messages.conversation_id
JOIN contacts ON contacts.id = conversations.contact_id
WHERE messages.tenant_id = :tenant AND messages.id = :id;

-- name: inbox_messages_before
-- Newest first. Of one millisecond a customer's message comes first, then what was said to it.
SELECT {message_listed}
FROM messages WHERE tenant_id = :tenant AND conversation_id = :conversation AND created_at <= :at
    AND (created_at < :at OR (sender_type <> 'customer', id) < (:ours, :id))
ORDER BY created_at DESC, sender_type <> 'customer' DESC, id DESC LIMIT :limit;

-- name: inbox_messages_after
SELECT {message_listed}
FROM messages WHERE tenant_id = :tenant AND conversation_id = :conversation AND created_at >= :at
    AND (created_at > :at OR (sender_type <> 'customer', id) > (:ours, :id))
ORDER BY created_at, sender_type <> 'customer', id LIMIT :limit;

-- name: operator_by_id
SELECT id, email, name, role, status FROM operators WHERE tenant_id = :tenant AND id = :id AND disabled_at IS NULL;

-- name: operator_by_email
SELECT id, email, name, role, status FROM operators
WHERE tenant_id = :tenant AND email = :email AND disabled_at IS NULL;

-- name: conversation_take
-- Whoever comes first has it; :force takes it from whoever has it.
UPDATE conversations SET
    operator_id = :operator,
    assigned_at = CASE WHEN operator_id IS :operator THEN assigned_at ELSE :at END,
    answered_at = CASE WHEN operator_id IS :operator THEN answered_at ELSE NULL END,
    had_by = CASE WHEN operator_id IS :operator THEN had_by ELSE COALESCE(operator_id, had_by) END,
    handed_on = 0,
    updated_at = :at
WHERE tenant_id = :tenant AND id = :id AND status <> 'spam'
    AND (:force OR operator_id IS NULL OR operator_id = :operator);

-- name: conversation_silenced
-- A person takes over: the bot is silent, and a settled chat is open again. Its customer waits for them now.
UPDATE conversations SET
    paused_until = CASE WHEN paused_until > :until THEN paused_until ELSE :until END,
    muted_until = NULL,
    menu = '',
    taken_by = 'operator',
    snoozed_until = NULL,
    unanswered_since = CASE WHEN status IN ('active', 'resolved', 'closed') AND last_message_from = 'customer'
        THEN COALESCE(unanswered_since, :at) ELSE unanswered_since END,
    resolved_at = CASE WHEN status IN ('resolved', 'closed') THEN NULL ELSE resolved_at END,
    status = CASE WHEN status IN ('resolved', 'closed') THEN 'active' ELSE status END,
    updated_at = :at
WHERE tenant_id = :tenant AND id = :id;

-- name: conversation_resume
UPDATE conversations SET paused_until = NULL, muted_until = NULL, unanswered_since = NULL, updated_at = :at
WHERE tenant_id = :tenant AND id = :id;

-- name: conversation_snooze
UPDATE conversations SET snoozed_until = :until, updated_at = :at WHERE tenant_id = :tenant AND id = :id;

-- name: conversations_wake
UPDATE conversations SET snoozed_until = NULL, updated_at = :at
WHERE tenant_id = :tenant AND snoozed_until IS NOT NULL AND snoozed_until <= :at;

-- name: conversation_change
UPDATE conversations SET
    priority = COALESCE(:priority, priority),
    tags = COALESCE(:tags, tags),
    category = COALESCE(:category, category),
    internal_notes = COALESCE(:notes, internal_notes),
    updated_at = :at
WHERE tenant_id = :tenant AND id = :id;

-- name: conversation_becomes
-- A status that a person sets, other than resolved.
UPDATE conversations SET
    status = :status,
    waiting_since = CASE WHEN :status = 'pending' THEN COALESCE(waiting_since, unanswered_since, :at) END,
    unanswered_since = NULL,
    answered_at = CASE WHEN :status = 'pending' AND status <> 'pending' THEN NULL ELSE answered_at END,
    resolved_at = CASE WHEN :status = 'closed' THEN COALESCE(resolved_at, :at) END,
    menu = CASE WHEN :status IN ('closed', 'spam') THEN '' ELSE menu END,
    updated_at = :at
WHERE tenant_id = :tenant AND id = :id;

-- name: conversation_looked
-- A person has looked, up to a message.
UPDATE conversations SET
    looked_at = MAX(COALESCE(looked_at, 0), :upto),
    unread_count = CASE WHEN :upto >= COALESCE(looked_at, 0) THEN MIN(unread_count, (SELECT COUNT(*) FROM (
        SELECT 1 FROM messages WHERE conversation_id = conversations.id AND created_at > :upto
            AND sender_type = 'customer' AND is_imported = 0 LIMIT 1000))) ELSE unread_count END
WHERE tenant_id = :tenant AND id = :id AND unread_count > 0;

-- name: messages_latest
-- The newest of some messages, chat by chat.
SELECT conversation_id, MAX(created_at) AS at FROM messages
WHERE tenant_id = :tenant AND id IN (SELECT value FROM json_each(:ids)) GROUP BY conversation_id;

-- name: send_key
SELECT digest, message_id FROM send_keys WHERE tenant_id = :tenant AND key = :key AND at > :since;

-- name: send_key_add
INSERT INTO send_keys (tenant_id, key, digest, message_id, at) VALUES (:tenant, :key, :digest, :message, :at)
ON CONFLICT (tenant_id, key)
DO UPDATE SET digest = excluded.digest, message_id = excluded.message_id, at = excluded.at;

-- name: send_keys_forget
-- A few at a time: each send takes more away than it adds.
DELETE FROM send_keys WHERE tenant_id = :tenant AND key IN
    (SELECT key FROM send_keys WHERE tenant_id = :tenant AND at <= :before ORDER BY at LIMIT 10);

-- name: session_now
SELECT status, detail, action, paused_until FROM sessions WHERE tenant_id = :tenant;

-- name: message_emptied
UPDATE messages SET deleted_by = :who WHERE tenant_id = :tenant AND id = :id;

-- name: outbox_emptied
UPDATE outbox SET text = '', media = '' WHERE tenant_id = :tenant AND id = :id;

-- name: message_written_by
-- Whoever had a message sent at a time, once it goes out.
UPDATE messages SET sender_id = :who WHERE tenant_id = :tenant AND id = :id;

-- name: notes_of_conversation
SELECT * FROM conversation_notes WHERE tenant_id = :tenant AND conversation_id = :conversation
ORDER BY created_at DESC, id DESC LIMIT :most;

-- name: note_written
INSERT INTO conversation_notes (id, tenant_id, conversation_id, author, author_name, content, created_at)
VALUES (:id, :tenant, :conversation, :author, :name, :content, :at);

-- name: note_by_id
SELECT * FROM conversation_notes WHERE tenant_id = :tenant AND id = :id;

-- name: note_deleted
DELETE FROM conversation_notes WHERE tenant_id = :tenant AND id = :id;

-- name: note_mentions_of
SELECT operators.id, operators.name, operators.email FROM note_mentions
JOIN operators ON operators.id = note_mentions.operator_id
WHERE note_mentions.note_id = :note AND note_mentions.tenant_id = :tenant ORDER BY operators.name, operators.id;

-- name: note_mentions_add
INSERT INTO note_mentions (tenant_id, operator_id, note_id, created_at) VALUES (:tenant, :operator, :note, :at)
ON CONFLICT DO NOTHING;

-- name: mentions_of_operator
SELECT conversation_notes.*, note_mentions.seen_at FROM note_mentions
JOIN conversation_notes ON conversation_notes.id = note_mentions.note_id
WHERE note_mentions.tenant_id = :tenant AND note_mentions.operator_id = :operator
    AND (NOT :unseen OR note_mentions.seen_at IS NULL)
ORDER BY note_mentions.created_at DESC LIMIT :most;

-- name: mentions_seen
-- All in one chat, or everywhere ('').
UPDATE note_mentions SET seen_at = :at WHERE tenant_id = :tenant AND operator_id = :operator AND seen_at IS NULL
    AND (:conversation = '' OR note_id IN (SELECT id FROM conversation_notes WHERE conversation_id = :conversation));

-- name: notes_move
UPDATE conversation_notes SET conversation_id = :kept WHERE tenant_id = :tenant AND conversation_id = :gone;

-- name: forget_feed
DELETE FROM feed WHERE tenant_id = :tenant AND conversation_id = :conversation;

-- name: conversation_merge_notes
UPDATE conversations SET internal_notes = :notes, category = :category WHERE tenant_id = :tenant AND id = :id;
