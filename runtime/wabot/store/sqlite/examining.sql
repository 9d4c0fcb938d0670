-- name: examined
-- What has been waiting since before :since, and what only a person can settle.
SELECT
    (SELECT COUNT(*) FROM outbox WHERE tenant_id = :tenant AND status = 'sending' AND claimed_at < :since) AS sending,
    (SELECT COUNT(*) FROM outbox WHERE tenant_id = :tenant AND status = 'queued' AND due_at < :since) AS overdue,
    (SELECT COUNT(*) FROM outbox
     WHERE tenant_id = :tenant AND status IN ('failed', 'unknown') AND status = 'unknown'
         AND due_at > :lately) AS unknown,
    (SELECT COUNT(*) FROM inbound_journal
     WHERE tenant_id = :tenant AND decided_at IS NULL AND arrived_at < :since) AS undecided,
    (SELECT COUNT(*) FROM inbound_journal
     WHERE tenant_id = :tenant AND error <> '' AND decided_at > :lately) AS set_aside,
    (SELECT COALESCE(MAX(arrived_at), 0) FROM inbound_journal WHERE tenant_id = :tenant) AS newest;
