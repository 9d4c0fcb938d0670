-- Jobs that run at times, and what they ask.

-- name: job_known
INSERT INTO job_runs (tenant_id, job, known_since) VALUES (:tenant, :job, :at) ON CONFLICT (tenant_id, job) DO NOTHING;

-- name: job_runs
SELECT * FROM job_runs WHERE tenant_id = :tenant;

-- name: job_begins
INSERT INTO job_runs (tenant_id, job, known_since, began_at) VALUES (:tenant, :job, :at, :at)
ON CONFLICT (tenant_id, job) DO UPDATE SET began_at = excluded.began_at, ended_at = NULL, ok = NULL, detail = '';

-- name: job_ends
UPDATE job_runs SET ended_at = :at, ok = :ok, detail = :detail WHERE tenant_id = :tenant AND job = :job;

-- name: customers_lately
-- Whether anybody waits for an answer, or wrote since.
SELECT EXISTS (SELECT 1 FROM inbound_journal WHERE tenant_id = :tenant AND decided_at IS NULL)
    OR EXISTS (SELECT 1 FROM outbox WHERE tenant_id = :tenant AND status = 'queued')
    OR EXISTS (SELECT 1 FROM conversations WHERE tenant_id = :tenant AND last_message_at > :since) AS busy;
