-- When the tenant was connected last.

ALTER TABLE sessions ADD COLUMN connected_at INTEGER;
UPDATE sessions SET connected_at = since WHERE status = 'connected';

CREATE TRIGGER session_connected AFTER UPDATE OF status ON sessions
WHEN NEW.status = 'connected' AND OLD.status <> 'connected'
BEGIN
    UPDATE sessions SET connected_at = NEW.since WHERE tenant_id = NEW.tenant_id;
END;
