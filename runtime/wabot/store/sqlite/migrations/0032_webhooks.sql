-- Webhooks: where a tenant's events are posted, and each event on its way to each of them. events is a JSON list. After
-- the secret was changed, secret_before signs, too, until secret_before_until.

CREATE TABLE webhooks (
    id TEXT PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    url TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    events TEXT NOT NULL DEFAULT '[]',
    include_content INTEGER NOT NULL DEFAULT 0,
    secret TEXT NOT NULL,
    secret_before TEXT NOT NULL DEFAULT '',
    secret_before_until INTEGER NOT NULL DEFAULT 0,
    is_active INTEGER NOT NULL DEFAULT 1,
    active_since INTEGER NOT NULL,
    disabled_reason TEXT NOT NULL DEFAULT '',
    dead_in_a_row INTEGER NOT NULL DEFAULT 0,
    created_by TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE INDEX webhooks_of_tenant ON webhooks (tenant_id, id);

-- data is what the event's row of the feed told; what else is posted is read when it is posted. at: when it happened.
CREATE TABLE webhook_deliveries (
    id TEXT PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    webhook_id TEXT NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    event TEXT NOT NULL,
    conversation_id TEXT NOT NULL DEFAULT '',
    subject_id TEXT NOT NULL DEFAULT '',
    data TEXT NOT NULL DEFAULT '{}',
    at INTEGER NOT NULL,
    status TEXT NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'delivered', 'dead')),
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ended_at INTEGER,
    status_code INTEGER,
    error TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL
);
CREATE INDEX deliveries_due ON webhook_deliveries (webhook_id, due_at) WHERE status = 'open';
CREATE INDEX deliveries_expiring ON webhook_deliveries (tenant_id, expires_at) WHERE status = 'open';
CREATE INDEX deliveries_of_webhook ON webhook_deliveries (webhook_id, id);
CREATE INDEX deliveries_of_webhook_by_status ON webhook_deliveries (webhook_id, status, id);
CREATE INDEX deliveries_dead ON webhook_deliveries (tenant_id, id) WHERE status = 'dead';
CREATE INDEX deliveries_ended ON webhook_deliveries (tenant_id, ended_at) WHERE status <> 'open';
CREATE INDEX deliveries_about ON webhook_deliveries (conversation_id) WHERE conversation_id <> '';
-- A message is received once and sent once, however often it is told that it was.
CREATE UNIQUE INDEX deliveries_once ON webhook_deliveries (webhook_id, event, subject_id)
    WHERE event IN ('message.received', 'message.sent');
