-- Alerts for people: what is open is still to be delivered.

CREATE TABLE alerts (
    id TEXT PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    count INTEGER NOT NULL DEFAULT 1,
    raised_at INTEGER NOT NULL,
    status TEXT NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'delivered', 'dead')),
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL,
    ended_at INTEGER,
    error TEXT NOT NULL DEFAULT ''
);
CREATE INDEX alerts_open ON alerts (tenant_id, due_at) WHERE status = 'open';
CREATE INDEX alerts_raised ON alerts (tenant_id, raised_at);
