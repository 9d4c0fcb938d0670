-- Logins, their refresh tokens, API keys, and what is asked of both with each request.

-- name: access_version
SELECT number FROM access_version;

-- name: access
-- Whoever bears a token of this login in the tenant, if they still may.
SELECT accounts.email, accounts.name, memberships.role, memberships.permissions
FROM logins JOIN accounts ON accounts.id = logins.account_id
JOIN memberships ON memberships.account_id = accounts.id AND memberships.tenant_id = :tenant
WHERE logins.id = :login AND logins.account_id = :account AND logins.ended_at IS NULL AND logins.expires_at > :now
    AND memberships.joined_at IS NOT NULL AND memberships.is_disabled = 0 AND accounts.password <> '';

-- name: login_add
INSERT INTO logins (id, account_id, address, created_at, expires_at)
VALUES (:id, :account, :address, :at, :expires);

-- name: login_known_address
SELECT EXISTS (SELECT 1 FROM logins
    WHERE account_id = :account AND address = :address AND created_at > :since) AS found;

-- name: login_renew
UPDATE logins SET expires_at = :expires WHERE id = :login;

-- name: login_end
UPDATE logins SET ended_at = :at, ended_by = :by WHERE id = :login AND ended_at IS NULL;

-- name: logins_end
-- All of an account, but one.
UPDATE logins SET ended_at = :at, ended_by = :by WHERE account_id = :account AND ended_at IS NULL AND id <> :but;

-- name: logins_drop
DELETE FROM logins WHERE id IN (SELECT id FROM logins WHERE expires_at < :before ORDER BY expires_at LIMIT 200);

-- name: refresh_add
INSERT INTO refresh_tokens (token_hash, login_id, created_at) VALUES (:hash, :login, :at);

-- name: refresh_by_token
SELECT refresh_tokens.*, logins.account_id, logins.expires_at, logins.ended_at
FROM refresh_tokens JOIN logins ON logins.id = refresh_tokens.login_id
WHERE token_hash = :hash;

-- name: refresh_use
UPDATE refresh_tokens SET used_at = :at WHERE token_hash = :hash AND used_at IS NULL;

-- name: refresh_drop
DELETE FROM refresh_tokens WHERE login_id = :login AND created_at < :before AND used_at IS NOT NULL;

-- name: key_add
INSERT INTO api_keys (id, tenant_id, name, key_hash, hint, permissions, created_by, created_at, expires_at)
VALUES (:id, :tenant, :name, :hash, :hint, :permissions, :by, :at, :expires);

-- name: key_by_token
SELECT * FROM api_keys WHERE key_hash = :hash AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > :now);

-- name: keys_of_tenant
SELECT * FROM api_keys WHERE tenant_id = :tenant AND revoked_at IS NULL ORDER BY id;

-- name: key_revoke
UPDATE api_keys SET revoked_at = :at WHERE tenant_id = :tenant AND id = :id AND revoked_at IS NULL;

-- name: key_used
UPDATE api_keys SET last_used_at = :at WHERE id = :id;

-- name: throttle
SELECT failures, last_at, until FROM throttles WHERE subject = :subject;

-- name: throttle_set
INSERT INTO throttles (subject, failures, last_at, until) VALUES (:subject, :failures, :at, :until)
ON CONFLICT (subject) DO UPDATE SET failures = excluded.failures, last_at = excluded.last_at, until = excluded.until;

-- name: throttle_clear
DELETE FROM throttles WHERE subject = :subject;

-- name: throttles_drop
DELETE FROM throttles
WHERE subject IN (SELECT subject FROM throttles WHERE last_at < :before ORDER BY last_at LIMIT 200);
