-- Messages that go out at a time and not because somebody wrote: one pending a chat. One that falls due becomes a row of
-- the outbox with the same id. Without a rule it is a person's.

CREATE TABLE follow_ups (
    id TEXT PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    conversation_id TEXT NOT NULL REFERENCES conversations (id),
    chat TEXT NOT NULL,
    rule_id TEXT NOT NULL DEFAULT '',
    text TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    status TEXT NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'handed_over', 'cancelled')),
    reason TEXT NOT NULL DEFAULT '',
    closed_at INTEGER
);
CREATE UNIQUE INDEX follow_ups_pending ON follow_ups (tenant_id, conversation_id) WHERE status = 'pending';
CREATE INDEX follow_ups_due ON follow_ups (tenant_id, due_at) WHERE status = 'pending';
CREATE INDEX follow_ups_of_conversation ON follow_ups (conversation_id);
