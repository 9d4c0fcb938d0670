-- Alerts, of one tenant, or of the node (:tenant = ''), which sees those of every tenant in its own file.

-- name: alert_again
-- The same once more within ten minutes is no other alert.
UPDATE alerts SET count = count + 1
WHERE id = (SELECT id FROM alerts WHERE tenant_id = COALESCE(NULLIF(:tenant, ''), :about) AND kind = :kind AND text = :text AND raised_at > :since
            ORDER BY raised_at DESC LIMIT 1);

-- name: alert_add
INSERT INTO alerts (id, tenant_id, kind, text, raised_at, due_at) VALUES (:id, COALESCE(NULLIF(:tenant, ''), :about), :kind, :text, :at, :at);

-- name: alerts_due
SELECT * FROM alerts
WHERE (:tenant = '' OR tenant_id = :tenant) AND status = 'open' AND due_at <= :now ORDER BY due_at, id LIMIT :most;

-- name: alert_try
-- Two daemons may share the node's file: whoever comes first has this attempt.
UPDATE alerts SET attempts = attempts + 1, due_at = :due
WHERE id = :id AND (:tenant = '' OR tenant_id = :tenant) AND status = 'open' AND due_at <= :now RETURNING *;

-- name: alert_failed
UPDATE alerts SET error = :error WHERE id = :id AND (:tenant = '' OR tenant_id = :tenant) AND status = 'open';

-- name: alert_delivered
UPDATE alerts SET status = 'delivered', ended_at = :at, error = ''
WHERE id = :id AND (:tenant = '' OR tenant_id = :tenant) AND status = 'open';

-- name: alerts_give_up
UPDATE alerts SET status = 'dead', ended_at = :at, error = CASE WHEN error = '' THEN :error ELSE error END
WHERE (:tenant = '' OR tenant_id = :tenant) AND status = 'open' AND raised_at <= :since RETURNING *;

-- name: alerts_drop
DELETE FROM alerts WHERE (:tenant = '' OR tenant_id = :tenant) AND status <> 'open' AND ended_at < :since;

-- name: alerts_listed
-- What is open or dead, and what was delivered since.
SELECT * FROM alerts
WHERE (:tenant = '' OR tenant_id = :tenant) AND (status <> 'delivered' OR ended_at >= :since) ORDER BY raised_at, id;

-- name: alerts_counted
SELECT tenant_id, status, COUNT(*) AS number FROM alerts
WHERE (:tenant = '' OR tenant_id = :tenant) AND (status = 'open' OR (status = 'dead' AND ended_at > :since))
GROUP BY tenant_id, status;
