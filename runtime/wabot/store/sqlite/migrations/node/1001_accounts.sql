-- Who may come in: people's accounts, the tenants that they work for, what they bear, and what they did there.

CREATE TABLE accounts (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL DEFAULT '',
    -- Argon2id; '' until the person has chosen one.
    password TEXT NOT NULL DEFAULT '',
    last_tenant TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);

-- joined_at is NULL while the person has not accepted. permissions: what differs from the role's.
CREATE TABLE memberships (
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    tenant_id TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'supervisor', 'operator', 'viewer')),
    permissions TEXT NOT NULL DEFAULT '{}',
    joined_at INTEGER,
    is_disabled INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, tenant_id)
);
CREATE INDEX memberships_of_tenant ON memberships (tenant_id);

-- One a membership. sets_password: whoever made it may let its bearer choose the account's password.
CREATE TABLE invitations (
    token_hash TEXT PRIMARY KEY,
    account_id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    sets_password INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    FOREIGN KEY (account_id, tenant_id) REFERENCES memberships (account_id, tenant_id) ON DELETE CASCADE,
    UNIQUE (account_id, tenant_id)
);

-- A login and all refresh tokens that followed from it: a family.
CREATE TABLE logins (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    address TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ended_at INTEGER,
    ended_by TEXT NOT NULL DEFAULT ''
);
CREATE INDEX logins_of_account ON logins (account_id, address);
CREATE INDEX logins_by_end ON logins (expires_at);

CREATE TABLE refresh_tokens (
    token_hash TEXT PRIMARY KEY,
    login_id TEXT NOT NULL REFERENCES logins (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    used_at INTEGER
);
CREATE INDEX refresh_tokens_of_login ON refresh_tokens (login_id, created_at);

CREATE TABLE api_keys (
    id TEXT PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    name TEXT NOT NULL,
    key_hash TEXT NOT NULL UNIQUE,
    hint TEXT NOT NULL,
    permissions TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    revoked_at INTEGER,
    last_used_at INTEGER
);
CREATE INDEX api_keys_of_tenant ON api_keys (tenant_id, id) WHERE revoked_at IS NULL;

CREATE TABLE audit_log (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id TEXT NOT NULL,
    actor_kind TEXT NOT NULL CHECK (actor_kind IN ('person', 'key', 'command', 'system')),
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL DEFAULT '',
    detail TEXT NOT NULL DEFAULT '{}',
    address TEXT NOT NULL DEFAULT '',
    at INTEGER NOT NULL
);
CREATE INDEX audit_log_in_order ON audit_log (tenant_id, sequence);
CREATE INDEX audit_log_by_action ON audit_log (tenant_id, action, sequence);
CREATE INDEX audit_log_by_actor ON audit_log (tenant_id, actor, sequence);
CREATE INDEX audit_log_by_subject ON audit_log (tenant_id, subject, sequence);
CREATE INDEX audit_log_by_age ON audit_log (at);

CREATE TABLE throttles (
    subject TEXT PRIMARY KEY,
    failures INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    until INTEGER NOT NULL
);
CREATE INDEX throttles_by_age ON throttles (last_at);

-- Counts what can make somebody who was let in a stranger: whoever remembers who was let in asks for it.
CREATE TABLE access_version (number INTEGER NOT NULL);
INSERT INTO access_version VALUES (0);
CREATE TRIGGER access_account AFTER UPDATE OF email, name, password ON accounts
BEGIN UPDATE access_version SET number = number + 1; END;
CREATE TRIGGER access_account_gone AFTER DELETE ON accounts
BEGIN UPDATE access_version SET number = number + 1; END;
CREATE TRIGGER access_membership AFTER UPDATE ON memberships
BEGIN UPDATE access_version SET number = number + 1; END;
CREATE TRIGGER access_membership_gone AFTER DELETE ON memberships
BEGIN UPDATE access_version SET number = number + 1; END;
CREATE TRIGGER access_login AFTER UPDATE OF ended_at ON logins
BEGIN UPDATE access_version SET number = number + 1; END;
CREATE TRIGGER access_key AFTER UPDATE OF revoked_at, permissions, expires_at ON api_keys
BEGIN UPDATE access_version SET number = number + 1; END;
