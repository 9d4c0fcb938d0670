-- Who did what in a tenant.

-- name: audit_add
INSERT INTO audit_log (tenant_id, actor_kind, actor, action, subject, detail, address, at)
VALUES (:tenant, :kind, :actor, :action, :subject, :detail, :address, :at);

-- name: audit_listed
SELECT * FROM audit_log WHERE tenant_id = :tenant AND sequence < :before ORDER BY sequence DESC LIMIT :most;

-- name: audit_listed_by_action
SELECT * FROM audit_log WHERE tenant_id = :tenant AND action = :action AND sequence < :before
ORDER BY sequence DESC LIMIT :most;

-- name: audit_listed_by_actor
SELECT * FROM audit_log WHERE tenant_id = :tenant AND actor = :actor AND sequence < :before
ORDER BY sequence DESC LIMIT :most;

-- name: audit_listed_by_subject
SELECT * FROM audit_log WHERE tenant_id = :tenant AND subject = :subject AND sequence < :before
ORDER BY sequence DESC LIMIT :most;

-- name: audit_drop
DELETE FROM audit_log WHERE at < :before;
