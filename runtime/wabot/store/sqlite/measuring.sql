-- What waits, for those who watch.

-- name: backlog
-- The statuses are written as in the index that answers this.
SELECT
    (SELECT COUNT(*) FROM outbox WHERE tenant_id = :tenant AND status IN ('queued', 'sending')) AS outbox,
    (SELECT MIN(created_at) FROM outbox WHERE tenant_id = :tenant AND status IN ('queued', 'sending')) AS oldest,
    (SELECT MIN(due_at) FROM outbox WHERE tenant_id = :tenant AND status IN ('queued', 'sending')) AS due,
    (SELECT COUNT(*) FROM inbound_journal WHERE tenant_id = :tenant AND decided_at IS NULL) AS undecided,
    (SELECT COUNT(*) FROM alerts WHERE tenant_id = :tenant AND status = 'open') AS alerts_open,
    (SELECT COUNT(*) FROM alerts WHERE tenant_id = :tenant AND status = 'dead' AND ended_at > :since) AS alerts_dead;
