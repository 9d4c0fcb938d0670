-- Every statement that the store runs, by name. Parameters are named; :tenant is always bound by the store itself.

-- name: journal_message
-- Keep a message; a second copy of it changes nothing.
INSERT INTO inbound_journal (tenant_id, chat, message_id, payload, arrived_at, sequence)
VALUES (:tenant, :chat, :message, :payload, :at, :sequence)
ON CONFLICT (tenant_id, chat, message_id) DO NOTHING;

-- name: journal_last
SELECT COALESCE(MAX(sequence), 0) AS last FROM inbound_journal WHERE tenant_id = :tenant;

-- name: journal_undecided
SELECT payload FROM inbound_journal WHERE tenant_id = :tenant AND decided_at IS NULL ORDER BY sequence;

-- name: journal_close
-- Close a message's entry; nothing is changed when it was closed before.
UPDATE inbound_journal SET decided_at = :at, error = :error
WHERE tenant_id = :tenant AND chat = :chat AND message_id = :message AND decided_at IS NULL;

-- name: journal_try
UPDATE inbound_journal SET tries = tries + 1
WHERE tenant_id = :tenant AND chat = :chat AND message_id = :message
RETURNING tries;

-- name: journal_suspects
SELECT payload FROM inbound_journal
WHERE tenant_id = :tenant AND decided_at IS NULL AND tries > 0 ORDER BY tries, sequence;

-- name: journal_entry
SELECT decided_at FROM inbound_journal WHERE tenant_id = :tenant AND chat = :chat AND message_id = :message;

-- name: contact_of_chat
SELECT contacts.* FROM conversation_chats
JOIN conversations ON conversations.id = conversation_chats.conversation_id
JOIN contacts ON contacts.id = conversations.contact_id
WHERE conversation_chats.tenant_id = :tenant AND conversation_chats.chat = :chat;

-- name: contacts_of_names
-- Everybody who goes by one of a message's names; the most certain first: who writes in that chat, who has the LID.
SELECT 0 AS rank, contacts.* FROM conversation_chats
JOIN conversations ON conversations.id = conversation_chats.conversation_id
JOIN contacts ON contacts.id = conversations.contact_id
WHERE conversation_chats.tenant_id = :tenant AND conversation_chats.chat = :chat
UNION ALL
SELECT 1, * FROM contacts WHERE tenant_id = :tenant AND lid IN (:lid, :phone, :chat) AND lid <> ''
UNION ALL
SELECT 2, * FROM contacts WHERE tenant_id = :tenant AND phone IN (:lid, :phone, :chat) AND phone <> ''
UNION ALL
SELECT 3, contacts.* FROM conversation_chats
JOIN conversations ON conversations.id = conversation_chats.conversation_id
JOIN contacts ON contacts.id = conversations.contact_id
WHERE conversation_chats.tenant_id = :tenant AND conversation_chats.chat IN (:lid, :phone)
ORDER BY rank;

-- name: contact_lids
SELECT lid, phone FROM contacts WHERE tenant_id = :tenant AND lid <> '';

-- name: contact_by_lid
SELECT id FROM contacts WHERE tenant_id = :tenant AND lid = :lid AND lid <> '';

-- name: contact_by_phone
SELECT id FROM contacts WHERE tenant_id = :tenant AND phone = :phone AND phone <> '';

-- name: contact_by_id
SELECT * FROM contacts WHERE tenant_id = :tenant AND id = :id;

-- name: contact_merge
-- One contact of two; the older one's row is kept.
UPDATE contacts SET
    phone = :phone, lid = :lid, name = :name, tags = :tags, segment = :segment,
    is_blocked = :blocked, total_messages_sent = :sent, total_messages_received = :received, last_contact_at = :last,
    segment_manual = :manual, total_conversations = :conversations, first_contact_at = :first
WHERE id = :id AND tenant_id = :tenant;

-- name: contact_drop
DELETE FROM contacts WHERE id = :id AND tenant_id = :tenant;

-- name: contact_add
INSERT INTO contacts (id, tenant_id, phone, lid, name, push_name, first_contact_at, last_contact_at)
VALUES (:id, :tenant, :phone, :lid, :name, :name, :at, :at);

-- name: contact_heard
-- The customer wrote. Who came with a list of customers is first heard of now.
UPDATE contacts SET
    first_contact_at = CASE WHEN total_messages_received + total_messages_sent = 0 AND first_contact_at < :at THEN :at
        ELSE first_contact_at END,
    last_contact_at = :at,
    total_conversations = total_conversations + :began,
    total_messages_received = total_messages_received + 1
WHERE id = :id AND tenant_id = :tenant;

-- name: contact_became
-- The newest name that is one, the other half of an identity once it is known, and the segment.
UPDATE contacts SET
    name = CASE WHEN :name <> '' AND name_set = 0 THEN :name ELSE name END,
    push_name = CASE WHEN :name <> '' THEN :name ELSE push_name END,
    phone = CASE WHEN phone = '' THEN :phone ELSE phone END,
    lid = CASE WHEN lid = '' THEN :lid ELSE lid END,
    segment = CASE WHEN :segment <> '' THEN :segment ELSE segment END
WHERE id = :id AND tenant_id = :tenant;

-- name: contact_sent
UPDATE contacts SET total_messages_sent = total_messages_sent + 1
WHERE tenant_id = :tenant AND id = (SELECT contact_id FROM conversations WHERE id = :conversation);

-- name: usage_of_contact
SELECT rule_id, last_at, day, count FROM rule_usage WHERE tenant_id = :tenant AND contact_id = :contact;

-- name: usage_set
INSERT INTO rule_usage (tenant_id, contact_id, rule_id, last_at, day, count)
VALUES (:tenant, :contact, :rule, :at, :day, :count)
ON CONFLICT (tenant_id, contact_id, rule_id)
DO UPDATE SET last_at = excluded.last_at, day = excluded.day, count = excluded.count;

-- name: usage_merge
-- Two contacts' use of one rule: the last time counts, and what both used on the later day.
INSERT INTO rule_usage (tenant_id, contact_id, rule_id, last_at, day, count)
VALUES (:tenant, :contact, :rule_id, :last_at, :day, :count)
ON CONFLICT (tenant_id, contact_id, rule_id) DO UPDATE SET
    last_at = MAX(rule_usage.last_at, excluded.last_at),
    day = MAX(rule_usage.day, excluded.day),
    count = CASE
        WHEN rule_usage.day = excluded.day THEN rule_usage.count + excluded.count
        WHEN rule_usage.day > excluded.day THEN rule_usage.count
        ELSE excluded.count END;

-- name: usage_drop
DELETE FROM rule_usage WHERE tenant_id = :tenant AND contact_id = :contact;

-- name: conversation_of_chat
SELECT conversations.* FROM conversation_chats
JOIN conversations ON conversations.id = conversation_chats.conversation_id
WHERE conversation_chats.tenant_id = :tenant AND conversation_chats.chat = :chat;

-- name: conversation_of_contact
-- Here and below `+` keeps the planner from an index of all of the tenant's rows.
SELECT * FROM conversations WHERE +tenant_id = :tenant AND contact_id = :contact ORDER BY created_at, id LIMIT 1;

-- name: chat_add
INSERT INTO conversation_chats (tenant_id, chat, conversation_id) VALUES (:tenant, :chat, :conversation)
ON CONFLICT (tenant_id, chat) DO NOTHING;

-- name: conversations_move
UPDATE conversations SET contact_id = :contact WHERE +tenant_id = :tenant AND contact_id = :gone;

-- name: messages_doubled
-- A message that came under both names stays, but only one of the two bears its id.
UPDATE messages SET wa_message_id = NULL
WHERE tenant_id = :tenant AND conversation_id = :gone
    AND wa_message_id IN (SELECT wa_message_id FROM messages WHERE conversation_id = :kept);

-- name: messages_move
UPDATE messages SET conversation_id = :kept WHERE tenant_id = :tenant AND conversation_id = :gone;

-- name: outbox_move
UPDATE outbox SET conversation_id = :kept WHERE tenant_id = :tenant AND conversation_id = :gone;

-- name: logs_move
UPDATE auto_reply_logs SET conversation_id = :kept WHERE tenant_id = :tenant AND conversation_id = :gone;

-- name: statuses_move
UPDATE conversation_statuses SET conversation_id = :kept WHERE tenant_id = :tenant AND conversation_id = :gone;

-- name: chats_move
UPDATE conversation_chats SET conversation_id = :kept WHERE tenant_id = :tenant AND conversation_id = :gone;

-- name: conversation_drop
DELETE FROM conversations WHERE id = :id AND tenant_id = :tenant;

-- name: conversation_merge
UPDATE conversations SET
    status = :status, priority = :priority, tags = :tags, customer_messages = :customer, total_messages = :total,
    unread_count = :unread, last_customer_at = :last_customer, last_message_at = :last_at,
    last_message_from = :last_from, last_message_content = :last_content, paused_until = :paused, updated_at = :updated,
    muted_until = :muted, menu = :menu, burst = :burst, assigned_to = :assigned
WHERE id = :id AND tenant_id = :tenant;

-- name: conversation_add
INSERT INTO conversations (id, tenant_id, chat, contact_id, created_at, updated_at)
VALUES (:id, :tenant, :chat, :contact, :at, :at);

-- name: conversation_heard
-- One more message from the customer.
UPDATE conversations SET
    customer_messages = customer_messages + 1,
    total_messages = total_messages + 1,
    unread_count = unread_count + 1,
    last_customer_at = :said_at,
    last_message_at = :said_at,
    last_message_from = 'customer',
    last_message_content = :content,
    tags = :tags,
    priority = COALESCE(:priority, priority),
    menu = COALESCE(:menu, menu),
    assigned_to = COALESCE(:assigned, assigned_to),
    status = CASE WHEN :assigned IS NOT NULL OR (:pending AND status <> 'spam') THEN 'pending' ELSE status END,
    muted_until = COALESCE(:muted_until, muted_until),
    burst = COALESCE(:burst, burst),
    snoozed_until = NULL,
    -- A person has the chat, and the bot is silent there: nobody but they will answer.
    unanswered_since = CASE WHEN :assigned IS NULL AND NOT :pending AND status = 'active' AND paused_until > :at
        AND (operator_id IS NOT NULL OR taken_by = 'operator') THEN COALESCE(unanswered_since, :at)
        WHEN :assigned IS NULL AND NOT :pending THEN unanswered_since END,
    updated_at = :at
WHERE id = :id AND tenant_id = :tenant;

-- name: conversation_taken
-- A person wrote in the chat: the bot is silent there for a while, and as long as somebody has paused it there.
UPDATE conversations SET
    total_messages = total_messages + 1,
    unread_count = 0,
    looked_at = :at,
    snoozed_until = NULL,
    last_message_at = :said_at,
    last_message_from = 'cs',
    last_message_content = :content,
    paused_until = CASE WHEN paused_until > :paused_until THEN paused_until ELSE COALESCE(:paused_until, paused_until) END,
    muted_until = NULL,
    menu = '',
    status = CASE WHEN status = 'pending' THEN 'active' ELSE status END,
    updated_at = :at
WHERE id = :id AND tenant_id = :tenant;

-- name: conversation_answered
UPDATE conversations SET
    total_messages = total_messages + 1,
    last_message_at = :at,
    last_message_from = :sender,
    last_message_content = :content,
    updated_at = :at
WHERE id = :conversation AND tenant_id = :tenant;

-- name: conversation_loops
-- Automatic replies since :since or since a person last wrote, and how often the same text got the same one of them.
-- What lies after :now is of before the clock was set back, and long ago.
WITH span (began) AS (
    SELECT MAX(:since, COALESCE(
        (SELECT MAX(created_at) FROM messages
         WHERE conversation_id = :id AND sender_type = 'cs' AND created_at > :since), :since))
)
SELECT
    (SELECT COUNT(*) FROM outbox
     WHERE tenant_id = :tenant AND conversation_id = :id AND created_at > (SELECT began FROM span)
         AND created_at <= :now AND kind = 'reply') AS replies,
    (SELECT COALESCE(MAX(number), 0) FROM
        (SELECT COUNT(*) AS number FROM auto_reply_logs
         WHERE conversation_id = :id AND tenant_id = :tenant AND triggered_at > (SELECT began FROM span)
             AND triggered_at <= :now AND triggered_by_message = :text AND response_sent IS NOT NULL AND success
         GROUP BY response_sent) AS counts) AS repeats;

-- name: message_add
INSERT INTO messages
    (id, tenant_id, conversation_id, wa_message_id, sender_type, sender_name, message_type, content, status, sent_at,
     created_at)
VALUES
    (:id, :tenant, :conversation, :wa_message, :sender, :name, :type, :content, :status, :sent_at, :at)
ON CONFLICT DO NOTHING;

-- name: message_status
UPDATE messages SET
    status = :status,
    error_message = :error,
    sent_at = COALESCE(:sent_at, sent_at),
    delivered_at = COALESCE(:delivered_at, delivered_at),
    read_at = COALESCE(:read_at, read_at)
WHERE id = :id AND tenant_id = :tenant;

-- name: outbox_last
SELECT COALESCE((SELECT sequence FROM outbox WHERE +tenant_id = :tenant ORDER BY sequence DESC LIMIT 1), 0) AS last;

-- name: outbox_add
INSERT INTO outbox (id, tenant_id, conversation_id, chat, text, media, rule_id, due_at, created_at, sequence, status)
VALUES (:id, :tenant, :conversation, :chat, :text, :media, :rule, :due, :at, :sequence, 'queued');

-- name: outbox_queued
-- In the order in which they were made, which each chat keeps whatever their delays.
SELECT * FROM outbox WHERE tenant_id = :tenant AND status = 'queued' ORDER BY sequence;

-- name: outbox_cancel
-- A person took the chat over: what the bot was about to say there is not said; what a person had scheduled is.
UPDATE outbox SET status = 'failed', error = :error
WHERE tenant_id = :tenant AND conversation_id = :conversation AND status = 'queued' AND kind = 'reply'
    AND rule_id <> '(reminder)'
RETURNING id;

-- name: outbox_hold
-- The customer goes on writing: the replies to this burst wait for its end.
UPDATE outbox SET due_at = MAX(due_at, :due)
WHERE tenant_id = :tenant AND conversation_id = :conversation AND status = 'queued' AND created_at >= :since
    AND kind = 'reply';

-- name: outbox_claim
UPDATE outbox SET status = 'sending', claimed_at = :at WHERE id = :id AND tenant_id = :tenant AND status = 'queued';

-- name: outbox_release
UPDATE outbox SET status = 'queued', claimed_at = NULL, due_at = :due
WHERE id = :id AND tenant_id = :tenant AND status = 'sending';

-- name: outbox_finish
-- A receipt can be faster than the answer to the send: what is delivered is not made merely sent again.
UPDATE outbox SET status = :status, error = :error, sent_at = CASE WHEN :status = 'sent' THEN :at ELSE sent_at END
WHERE id = :id AND tenant_id = :tenant AND status IN ('queued', 'sending', 'unknown')
RETURNING conversation_id, text, kind;

-- name: outbox_receipt
UPDATE outbox SET status = :status, error = '', sent_at = COALESCE(sent_at, :at)
WHERE id = :id AND tenant_id = :tenant
RETURNING conversation_id, text, kind;

-- name: outbox_row
SELECT * FROM outbox WHERE id = :id AND tenant_id = :tenant;

-- name: outbox_sending
SELECT * FROM outbox WHERE tenant_id = :tenant AND status = 'sending' ORDER BY sequence;

-- name: send_facts
-- No tenant may send more than 600 a minute, so counting ends there. What people write is not counted. What was sent in
-- the future was sent before the clock was set back.
SELECT
    conversations.customer_messages > 0 AS customer_wrote,
    contacts.is_blocked AS blocked,
    conversations.paused_until AS paused_until,
    (SELECT due_at FROM outbox WHERE id = :id AND tenant_id = :tenant AND status = 'queued') AS due,
    (SELECT COUNT(*) FROM sessions WHERE tenant_id = :tenant AND paused_until > :now) AS tenant_paused,
    EXISTS (SELECT 1 FROM restraints WHERE tenant_id = :tenant AND kind = 'first_contacts' AND until > :now)
        AND contacts.total_messages_sent = 0
        AND NOT EXISTS (SELECT 1 FROM messages WHERE conversation_id = conversations.id AND sender_type = 'cs')
        AS first_contact_stopped,
    (SELECT COUNT(*) FROM (SELECT 1 FROM outbox
        WHERE tenant_id = :tenant AND sent_at > :since AND sent_at <= :now + 5000 AND kind = 'reply' LIMIT 601))
    + (SELECT COUNT(*) FROM outbox
        WHERE tenant_id = :tenant AND status = 'sending' AND id <> :id AND kind = 'reply') AS sent_last_minute
FROM conversation_chats
JOIN conversations ON conversations.id = conversation_chats.conversation_id
JOIN contacts ON contacts.id = conversations.contact_id
WHERE conversation_chats.tenant_id = :tenant AND conversation_chats.chat = :chat;

-- name: log_add
INSERT INTO auto_reply_logs
    (id, tenant_id, conversation_id, message_id, rule_id, reason, triggered_by_message, response_sent, matched_keyword,
     execution_micros, success, error_message, trace, in_hours, triggered_at)
VALUES
    (:id, :tenant, :conversation, :message, :rule, :reason, :said, :reply, :matched, :micros, :success, :error, :trace,
     :in_hours, :at);

-- name: stats_count
INSERT INTO rule_stats (tenant_id, rule_id, total_triggered, last_triggered_at) VALUES (:tenant, :rule, 1, :at)
ON CONFLICT (tenant_id, rule_id)
DO UPDATE SET total_triggered = rule_stats.total_triggered + 1, last_triggered_at = excluded.last_triggered_at;

-- An outage lasts through all attempts to connect, also another process's.
-- name: session_state
INSERT INTO sessions (tenant_id, status, detail, action, until, since)
VALUES (:tenant, :status, :detail, :action, :until, :at)
ON CONFLICT (tenant_id) DO UPDATE SET
    since = CASE
        WHEN sessions.status = excluded.status THEN sessions.since
        WHEN sessions.status IN ('disconnected', 'starting', 'connecting')
            AND excluded.status IN ('disconnected', 'starting', 'connecting') THEN sessions.since
        ELSE excluded.since END,
    status = excluded.status, detail = excluded.detail, action = excluded.action, until = excluded.until;

-- name: session_out_since
SELECT since FROM sessions WHERE tenant_id = :tenant AND status IN ('disconnected', 'starting', 'connecting');

-- name: session_reload
INSERT INTO sessions (tenant_id, reload_at, reload_ok, reload_revision, reload_detail)
VALUES (:tenant, :at, :ok, :revision, :detail)
ON CONFLICT (tenant_id) DO UPDATE SET
    reload_at = excluded.reload_at, reload_ok = excluded.reload_ok,
    reload_revision = excluded.reload_revision, reload_detail = excluded.reload_detail;

-- name: session_row
SELECT * FROM sessions WHERE tenant_id = :tenant;

-- name: summary_counts
SELECT
    (SELECT COUNT(*) FROM contacts WHERE tenant_id = :tenant) AS contacts,
    (SELECT COALESCE(SUM(customer_messages), 0) FROM conversations WHERE tenant_id = :tenant) AS received,
    (SELECT COUNT(*) FROM inbound_journal WHERE tenant_id = :tenant AND decided_at IS NULL)
    + (SELECT COUNT(*) FROM outbox WHERE tenant_id = :tenant AND status = 'queued') AS waiting,
    (SELECT COUNT(*) FROM conversations WHERE tenant_id = :tenant AND status = 'pending') AS pending;

-- name: summary_outbox
SELECT status, COUNT(*) AS number FROM outbox WHERE tenant_id = :tenant GROUP BY status ORDER BY status;

-- name: summary_rules
SELECT rule_id, total_triggered FROM rule_stats WHERE tenant_id = :tenant ORDER BY total_triggered DESC, rule_id;

-- name: summary_reasons
SELECT CASE WHEN success THEN reason ELSE 'text_failed:' || rule_id END AS why, COUNT(*) AS number FROM auto_reply_logs
WHERE tenant_id = :tenant AND (rule_id IS NULL OR NOT success) AND reason NOT IN ('from_me', 'own_number')
GROUP BY why ORDER BY number DESC, why;
