-- Messages that go out at a time: follow-ups of rules, and reminders of people.

-- name: follow_up_add
INSERT INTO follow_ups
    (id, tenant_id, conversation_id, chat, rule_id, text, due_at, created_at, status, reason, closed_at, operator,
     sender_name)
VALUES (:id, :tenant, :conversation, :chat, :rule, :text, :due, :at, :status, :reason, :closed, :operator, :name);

-- name: follow_up_of_conversation
SELECT * FROM follow_ups WHERE tenant_id = :tenant AND conversation_id = :conversation AND status = 'pending';

-- name: follow_up_row
SELECT * FROM follow_ups WHERE tenant_id = :tenant AND id = :id;

-- name: follow_ups_of_rules_cancel
-- Somebody wrote: what a rule was about to ask before :since is answered.
UPDATE follow_ups SET status = 'cancelled', reason = :reason, closed_at = :at
WHERE tenant_id = :tenant AND conversation_id = :conversation AND status = 'pending' AND rule_id <> ''
    AND created_at < :since;

-- name: follow_ups_withdraw
-- The same for one that stands in the outbox already, but has not gone out.
UPDATE outbox SET status = 'failed', error = :reason
WHERE tenant_id = :tenant AND conversation_id = :conversation AND status = 'queued'
    AND id IN (SELECT id FROM follow_ups WHERE conversation_id = :conversation AND rule_id <> '')
RETURNING id;

-- name: follow_up_close
UPDATE follow_ups SET status = :status, reason = :reason, closed_at = :at
WHERE tenant_id = :tenant AND id = :id AND status = 'pending';

-- name: follow_ups_due
SELECT * FROM follow_ups WHERE tenant_id = :tenant AND status = 'pending' AND due_at <= :now ORDER BY due_at, id;

-- name: follow_up_next
SELECT MIN(due_at) AS due FROM follow_ups WHERE tenant_id = :tenant AND status = 'pending';

-- name: follow_ups_doubled
-- Two conversations turn out to be one customer's: a person's reminder is kept, or else what was theirs before.
UPDATE follow_ups SET status = 'cancelled', reason = 'another_is_pending', closed_at = created_at
WHERE tenant_id = :tenant AND status = 'pending' AND conversation_id IN (:kept, :gone) AND id <> (
    SELECT id FROM follow_ups WHERE tenant_id = :tenant AND status = 'pending' AND conversation_id IN (:kept, :gone)
    ORDER BY rule_id <> '', conversation_id <> :kept LIMIT 1);

-- name: follow_ups_move
UPDATE follow_ups SET conversation_id = :kept WHERE tenant_id = :tenant AND conversation_id = :gone;

-- name: follow_ups_listed
-- What is pending, then what was closed, the last first; for one that was handed over, what became of it.
SELECT follow_ups.*, outbox.status AS sending, outbox.error FROM follow_ups
LEFT JOIN outbox ON outbox.id = follow_ups.id AND outbox.tenant_id = follow_ups.tenant_id
WHERE follow_ups.tenant_id = :tenant AND (follow_ups.status = 'pending' OR follow_ups.closed_at >= :since)
ORDER BY follow_ups.status <> 'pending',
    CASE WHEN follow_ups.status = 'pending' THEN follow_ups.due_at ELSE -follow_ups.closed_at END, follow_ups.id;

-- name: reminders_pending
SELECT follow_ups.*, contacts.name, contacts.phone, '' AS sending, '' AS error FROM follow_ups
JOIN conversations ON conversations.id = follow_ups.conversation_id
JOIN contacts ON contacts.id = conversations.contact_id
WHERE follow_ups.tenant_id = :tenant AND follow_ups.status = 'pending'
    AND (:conversation = '' OR follow_ups.conversation_id = :conversation)
ORDER BY follow_ups.due_at, follow_ups.id LIMIT :most;

-- name: reminders_closed
-- The last first; for one that was handed over, what became of it.
SELECT follow_ups.*, contacts.name, contacts.phone, outbox.status AS sending, outbox.error FROM follow_ups
JOIN conversations ON conversations.id = follow_ups.conversation_id
JOIN contacts ON contacts.id = conversations.contact_id
LEFT JOIN outbox ON outbox.id = follow_ups.id AND outbox.tenant_id = follow_ups.tenant_id
WHERE follow_ups.tenant_id = :tenant AND follow_ups.status <> 'pending' AND follow_ups.closed_at >= :since
    AND (:conversation = '' OR follow_ups.conversation_id = :conversation)
ORDER BY follow_ups.closed_at DESC, follow_ups.id LIMIT :most;

-- name: reminder_by_id
SELECT follow_ups.*, contacts.name, contacts.phone, outbox.status AS sending, outbox.error FROM follow_ups
JOIN conversations ON conversations.id = follow_ups.conversation_id
JOIN contacts ON contacts.id = conversations.contact_id
LEFT JOIN outbox ON outbox.id = follow_ups.id AND outbox.tenant_id = follow_ups.tenant_id
WHERE follow_ups.tenant_id = :tenant AND follow_ups.id = :id;

-- name: forget_follow_ups
DELETE FROM follow_ups WHERE tenant_id = :tenant AND conversation_id = :conversation;

-- name: forget_in_follow_ups
UPDATE follow_ups SET text = forgotten(text) WHERE tenant_id = :tenant AND text LIKE :like;

-- name: contact_of_conversation
SELECT contact_id FROM conversations WHERE tenant_id = :tenant AND id = :id;

-- name: chat_undecided
SELECT EXISTS (SELECT 1 FROM inbound_journal WHERE tenant_id = :tenant AND decided_at IS NULL
    AND chat IN (SELECT chat FROM conversation_chats WHERE conversation_id = :conversation)) AS waits;
