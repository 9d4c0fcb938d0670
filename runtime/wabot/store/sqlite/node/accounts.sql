-- People's accounts, the tenants that they work for, and invitations.

-- name: account_by_email
SELECT * FROM accounts WHERE email = :email;

-- name: account_by_id
SELECT * FROM accounts WHERE id = :account;

-- name: account_add
INSERT INTO accounts (id, email, name, created_at, updated_at) VALUES (:id, :email, :name, :at, :at)
ON CONFLICT (email) DO NOTHING;

-- name: account_password
UPDATE accounts SET password = :password, updated_at = :at WHERE id = :account;

-- name: account_rehashed
-- The same password, hashed with today's cost; not when it was changed meanwhile.
UPDATE accounts SET password = :password WHERE id = :account AND password = :before;

-- name: account_name
UPDATE accounts SET name = :name, updated_at = :at WHERE id = :account AND name <> :name;

-- name: account_last_tenant
UPDATE accounts SET last_tenant = :tenant WHERE id = :account AND last_tenant <> :tenant;

-- name: account_drop_lonely
-- Whoever works for nobody any more has no account.
DELETE FROM accounts WHERE id = :account AND NOT EXISTS (SELECT 1 FROM memberships WHERE account_id = accounts.id);

-- name: membership_add
INSERT INTO memberships (account_id, tenant_id, role, joined_at, created_at, updated_at)
VALUES (:account, :tenant, :role, :joined, :at, :at)
ON CONFLICT (account_id, tenant_id) DO NOTHING;

-- name: membership_set
UPDATE memberships SET
    role = COALESCE(:role, role),
    permissions = COALESCE(:permissions, permissions),
    is_disabled = COALESCE(:disabled, is_disabled),
    updated_at = :at
WHERE account_id = :account AND tenant_id = :tenant;

-- name: membership_joined
UPDATE memberships SET joined_at = COALESCE(joined_at, :at), updated_at = :at
WHERE account_id = :account AND tenant_id = :tenant;

-- name: membership_remove
DELETE FROM memberships WHERE account_id = :account AND tenant_id = :tenant;

-- name: members_of_tenant
SELECT accounts.id, accounts.email, accounts.name, accounts.password <> '' AS has_password, memberships.role,
    memberships.permissions, memberships.joined_at, memberships.is_disabled, invitations.expires_at
FROM memberships JOIN accounts ON accounts.id = memberships.account_id
LEFT JOIN invitations ON invitations.account_id = memberships.account_id
    AND invitations.tenant_id = memberships.tenant_id
WHERE memberships.tenant_id = :tenant ORDER BY accounts.email;

-- name: member
SELECT accounts.id, accounts.email, accounts.name, accounts.password <> '' AS has_password, memberships.role,
    memberships.permissions, memberships.joined_at, memberships.is_disabled, invitations.expires_at
FROM accounts JOIN memberships ON accounts.id = memberships.account_id
LEFT JOIN invitations ON invitations.account_id = memberships.account_id
    AND invitations.tenant_id = memberships.tenant_id
WHERE accounts.email = :email AND memberships.tenant_id = :tenant;

-- name: memberships_of_account
SELECT * FROM memberships WHERE account_id = :account ORDER BY tenant_id;

-- name: joined_elsewhere
SELECT EXISTS (SELECT 1 FROM memberships
    WHERE account_id = :account AND tenant_id <> :tenant AND joined_at IS NOT NULL) AS found;

-- name: invitation_add
-- A newer one takes the place of that before.
INSERT INTO invitations (token_hash, account_id, tenant_id, sets_password, created_at, expires_at)
VALUES (:hash, :account, :tenant, :sets_password, :at, :expires)
ON CONFLICT (account_id, tenant_id) DO UPDATE SET token_hash = excluded.token_hash,
    sets_password = excluded.sets_password, created_at = excluded.created_at, expires_at = excluded.expires_at;

-- name: invitation_by_token
SELECT invitations.*, accounts.email, accounts.name, accounts.password, memberships.is_disabled
FROM invitations JOIN accounts ON accounts.id = invitations.account_id
JOIN memberships ON memberships.account_id = invitations.account_id
    AND memberships.tenant_id = invitations.tenant_id
WHERE token_hash = :hash AND expires_at > :now;

-- name: invitation_use
DELETE FROM invitations WHERE token_hash = :hash AND expires_at > :now;

-- name: invitations_drop
DELETE FROM invitations WHERE account_id = :account;
