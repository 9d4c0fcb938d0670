-- What a tenant's store remembers. Every table carries tenant_id, so that the same SQL runs where tenants share a
-- database. Times are integers, UTC milliseconds; ids are UUIDv7 text; lists are JSON text.

CREATE TABLE sessions (
    tenant_id TEXT PRIMARY KEY,
    status TEXT NOT NULL DEFAULT 'stopped',
    detail TEXT NOT NULL DEFAULT '',
    action TEXT NOT NULL DEFAULT '',
    since INTEGER,
    reload_at INTEGER,
    reload_ok INTEGER,
    reload_revision TEXT NOT NULL DEFAULT '',
    reload_detail TEXT NOT NULL DEFAULT ''
);

CREATE TABLE contacts (
    id TEXT PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    phone TEXT NOT NULL DEFAULT '',
    lid TEXT NOT NULL DEFAULT '',
    name TEXT NOT NULL DEFAULT '',
    tags TEXT NOT NULL DEFAULT '[]',
    segment TEXT NOT NULL DEFAULT '',
    total_orders INTEGER NOT NULL DEFAULT 0,
    is_blocked INTEGER NOT NULL DEFAULT 0,
    total_messages_sent INTEGER NOT NULL DEFAULT 0,
    total_messages_received INTEGER NOT NULL DEFAULT 0,
    first_contact_at INTEGER NOT NULL,
    last_contact_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX contacts_lid ON contacts (tenant_id, lid) WHERE lid <> '';
CREATE UNIQUE INDEX contacts_phone ON contacts (tenant_id, phone) WHERE phone <> '';

CREATE TABLE conversations (
    id TEXT PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    chat TEXT NOT NULL,
    contact_id TEXT NOT NULL REFERENCES contacts (id),
    status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'pending', 'resolved', 'closed', 'spam')),
    priority TEXT NOT NULL DEFAULT 'normal' CHECK (priority IN ('low', 'normal', 'high', 'urgent')),
    tags TEXT NOT NULL DEFAULT '[]',
    customer_messages INTEGER NOT NULL DEFAULT 0,
    total_messages INTEGER NOT NULL DEFAULT 0,
    unread_count INTEGER NOT NULL DEFAULT 0,
    last_customer_at INTEGER,
    last_message_at INTEGER,
    last_message_from TEXT NOT NULL DEFAULT '',
    last_message_content TEXT NOT NULL DEFAULT '',
    paused_until INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (tenant_id, chat)
);
CREATE INDEX conversations_recent ON conversations (tenant_id, last_message_at DESC);

CREATE TABLE messages (
    id TEXT PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    conversation_id TEXT NOT NULL REFERENCES conversations (id),
    wa_message_id TEXT,
    sender_type TEXT NOT NULL CHECK (sender_type IN ('customer', 'cs', 'system', 'auto_reply')),
    sender_name TEXT NOT NULL DEFAULT '',
    message_type TEXT NOT NULL DEFAULT 'text',
    content TEXT NOT NULL DEFAULT '',
    status TEXT NOT NULL,
    error_message TEXT NOT NULL DEFAULT '',
    sent_at INTEGER,
    delivered_at INTEGER,
    read_at INTEGER,
    created_at INTEGER NOT NULL
);
CREATE INDEX messages_of_conversation ON messages (conversation_id, created_at DESC);
CREATE UNIQUE INDEX messages_of_whatsapp ON messages (conversation_id, wa_message_id) WHERE wa_message_id IS NOT NULL;

-- Every message as it arrived. A row without decided_at is work that a killed process left behind.
CREATE TABLE inbound_journal (
    tenant_id TEXT NOT NULL,
    chat TEXT NOT NULL,
    message_id TEXT NOT NULL,
    payload TEXT NOT NULL,
    arrived_at INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    decided_at INTEGER,
    PRIMARY KEY (tenant_id, chat, message_id)
);
CREATE INDEX journal_undecided ON inbound_journal (tenant_id, sequence) WHERE decided_at IS NULL;

CREATE TABLE outbox (
    id TEXT PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    conversation_id TEXT NOT NULL REFERENCES conversations (id),
    chat TEXT NOT NULL,
    text TEXT NOT NULL,
    rule_id TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    status TEXT NOT NULL
        CHECK (status IN ('queued', 'sending', 'sent', 'delivered', 'read', 'failed', 'unknown')),
    error TEXT NOT NULL DEFAULT '',
    claimed_at INTEGER,
    sent_at INTEGER
);
CREATE INDEX outbox_open ON outbox (tenant_id, status, due_at) WHERE status IN ('queued', 'sending');
CREATE INDEX outbox_sent ON outbox (tenant_id, sent_at) WHERE sent_at IS NOT NULL;

CREATE TABLE rule_usage (
    tenant_id TEXT NOT NULL,
    contact_id TEXT NOT NULL REFERENCES contacts (id),
    rule_id TEXT NOT NULL,
    last_at INTEGER NOT NULL,
    day TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, contact_id, rule_id)
);

CREATE TABLE rule_stats (
    tenant_id TEXT NOT NULL,
    rule_id TEXT NOT NULL,
    total_triggered INTEGER NOT NULL DEFAULT 0,
    last_triggered_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, rule_id)
);

-- One row for each rule that answered, or one with rule_id NULL that says why none did.
CREATE TABLE auto_reply_logs (
    id TEXT PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    conversation_id TEXT REFERENCES conversations (id),
    message_id TEXT REFERENCES messages (id),
    rule_id TEXT,
    reason TEXT NOT NULL,
    triggered_by_message TEXT NOT NULL DEFAULT '',
    response_sent TEXT,
    matched_keyword TEXT NOT NULL DEFAULT '',
    execution_micros INTEGER NOT NULL DEFAULT 0,
    success INTEGER NOT NULL DEFAULT 1,
    error_message TEXT NOT NULL DEFAULT '',
    trace TEXT NOT NULL DEFAULT '[]',
    triggered_at INTEGER NOT NULL
);
CREATE INDEX logs_of_rule ON auto_reply_logs (tenant_id, rule_id, triggered_at DESC);
CREATE INDEX logs_of_conversation ON auto_reply_logs (conversation_id, triggered_at DESC);
