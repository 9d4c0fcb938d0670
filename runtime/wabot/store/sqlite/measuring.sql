-- What waits, for those who watch.

-- name: backlog
-- Each status by itself, as in the indexes that answer this.
WITH waiting AS (
    SELECT created_at, due_at FROM outbox WHERE tenant_id = :tenant AND status = 'queued'
    UNION ALL
    SELECT created_at, due_at FROM outbox WHERE tenant_id = :tenant AND status = 'sending'
)
SELECT
    (SELECT COUNT(*) FROM waiting) AS outbox,
    (SELECT MIN(created_at) FROM waiting) AS oldest,
    (SELECT MIN(due_at) FROM waiting) AS due,
    (SELECT COUNT(*) FROM inbound_journal WHERE tenant_id = :tenant AND decided_at IS NULL) AS undecided,
    (SELECT COUNT(*) FROM alerts WHERE tenant_id = :tenant AND status = 'open') AS alerts_open,
    (SELECT COUNT(*) FROM alerts WHERE tenant_id = :tenant AND status = 'dead' AND ended_at > :since) AS alerts_dead,
    (SELECT COALESCE(MAX(until), 0) FROM restraints
     WHERE tenant_id = :tenant AND kind = 'first_contacts' AND until > :now) AS first_contacts_until;

-- name: undelivered
-- What went out between :since and :before and reached no phone, although the customer has written since. A channel
-- that names no ids, as the simulator, confirms nothing.
SELECT outbox.* FROM outbox
JOIN conversations ON conversations.id = outbox.conversation_id
JOIN messages ON messages.id = outbox.id
WHERE outbox.tenant_id = :tenant AND outbox.status = 'sent' AND outbox.sent_at BETWEEN :since AND :before
AND outbox.kind <> 'note' AND conversations.last_customer_at > outbox.sent_at AND messages.wa_message_id IS NOT NULL
ORDER BY outbox.sent_at;
