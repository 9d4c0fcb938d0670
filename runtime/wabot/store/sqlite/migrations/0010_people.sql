-- The people who answer, whose chat is whose, and what they send.

CREATE TABLE operators (
    id TEXT PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL DEFAULT 'operator'
        CHECK (role IN ('owner', 'admin', 'supervisor', 'operator', 'viewer')),
    status TEXT NOT NULL DEFAULT 'offline' CHECK (status IN ('online', 'away', 'busy', 'offline')),
    max_concurrent_chats INTEGER NOT NULL DEFAULT 10,
    working_hours TEXT NOT NULL DEFAULT '',
    teams TEXT NOT NULL DEFAULT '[]',
    last_assigned_at INTEGER,
    last_seen_at INTEGER,
    total_chats_handled INTEGER NOT NULL DEFAULT 0,
    total_messages_sent INTEGER NOT NULL DEFAULT 0,
    total_first_answers INTEGER NOT NULL DEFAULT 0,
    total_first_answer_millis INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (tenant_id, email)
);

ALTER TABLE conversations ADD COLUMN operator_id TEXT REFERENCES operators (id);
ALTER TABLE conversations ADD COLUMN assigned_at INTEGER;
ALTER TABLE conversations ADD COLUMN answered_at INTEGER;
ALTER TABLE conversations ADD COLUMN waiting_since INTEGER;
ALTER TABLE conversations ADD COLUMN resolved_at INTEGER;
ALTER TABLE conversations ADD COLUMN reopened INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN taken_by TEXT NOT NULL DEFAULT '';
ALTER TABLE conversations ADD COLUMN told_to_wait INTEGER NOT NULL DEFAULT 0;
UPDATE conversations SET waiting_since = updated_at WHERE status = 'pending';
CREATE INDEX conversations_of_operator ON conversations (operator_id) WHERE operator_id IS NOT NULL;
CREATE INDEX conversations_waiting ON conversations (tenant_id, waiting_since) WHERE status = 'pending';

-- kind: a rule's reply, a person's message, or a note to the shop's own number. operator: who sends it, by e-mail.
ALTER TABLE outbox ADD COLUMN kind TEXT NOT NULL DEFAULT 'reply' CHECK (kind IN ('reply', 'person', 'note'));
ALTER TABLE outbox ADD COLUMN operator TEXT NOT NULL DEFAULT '';
DROP INDEX outbox_sent;
CREATE INDEX outbox_sent ON outbox (tenant_id, sent_at) WHERE sent_at IS NOT NULL AND kind = 'reply';
CREATE INDEX outbox_notes ON outbox (tenant_id, created_at) WHERE kind = 'note';

CREATE TABLE quick_reply_stats (
    tenant_id TEXT NOT NULL,
    shortcut TEXT NOT NULL,
    used_count INTEGER NOT NULL DEFAULT 0,
    last_used_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, shortcut)
);
