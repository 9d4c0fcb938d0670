-- Webhooks, and the events that are on their way to them.

-- name: webhook_add
INSERT INTO webhooks (id, tenant_id, url, description, events, include_content, secret, active_since, created_by,
    created_at, updated_at)
VALUES (:id, :tenant, :url, :description, :events, :content, :secret, :at, :by, :at, :at);

-- name: webhooks_listed
SELECT * FROM webhooks WHERE tenant_id = :tenant ORDER BY id;

-- name: webhook_row
SELECT * FROM webhooks WHERE tenant_id = :tenant AND id = :id;

-- name: webhook_set
UPDATE webhooks SET
    url = COALESCE(:url, url),
    description = COALESCE(:description, description),
    events = COALESCE(:events, events),
    include_content = COALESCE(:content, include_content),
    updated_at = :at
WHERE tenant_id = :tenant AND id = :id;

-- name: webhook_enable
UPDATE webhooks SET is_active = 1, active_since = :at, disabled_reason = '', dead_in_a_row = 0, updated_at = :at
WHERE tenant_id = :tenant AND id = :id AND NOT is_active;

-- name: webhook_disable
UPDATE webhooks SET is_active = 0, disabled_reason = :reason, updated_at = :at
WHERE tenant_id = :tenant AND id = :id AND is_active;

-- name: webhook_secret
UPDATE webhooks SET secret_before = secret, secret_before_until = :until, secret = :secret, updated_at = :at
WHERE tenant_id = :tenant AND id = :id;

-- name: webhook_dies
UPDATE webhooks SET dead_in_a_row = dead_in_a_row + 1 WHERE tenant_id = :tenant AND id = :id RETURNING dead_in_a_row;

-- name: webhook_lives
UPDATE webhooks SET dead_in_a_row = 0 WHERE tenant_id = :tenant AND id = :id AND dead_in_a_row > 0;

-- name: webhook_delete
DELETE FROM webhooks WHERE tenant_id = :tenant AND id = :id;

-- name: webhooks_active
SELECT * FROM webhooks WHERE tenant_id = :tenant AND is_active ORDER BY id;

-- name: webhooks_waiting
-- Each that has something on its way, with when the next of it is due.
SELECT webhooks.id, (SELECT MIN(due_at) FROM webhook_deliveries WHERE webhook_id = webhooks.id AND status = 'open') AS due
FROM webhooks WHERE tenant_id = :tenant AND is_active;

-- name: delivery_add
INSERT INTO webhook_deliveries (id, tenant_id, webhook_id, event, conversation_id, subject_id, data, at, due_at,
    expires_at, created_at)
VALUES (:id, :tenant, :webhook, :event, :conversation, :subject, :data, :at, :now, :expires, :now)
ON CONFLICT DO NOTHING;

-- name: deliveries_due
SELECT id FROM webhook_deliveries
WHERE tenant_id = :tenant AND webhook_id = :webhook AND status = 'open' AND due_at <= :now
ORDER BY due_at, id LIMIT :most;

-- name: delivery_try
-- Two processes may be there for a moment: whoever comes first has this attempt.
UPDATE webhook_deliveries SET attempts = attempts + 1, due_at = MIN(:again, MAX(expires_at, :now + 1))
WHERE tenant_id = :tenant AND id = :id AND status = 'open' AND due_at <= :now RETURNING *;

-- name: delivery_row
SELECT * FROM webhook_deliveries WHERE tenant_id = :tenant AND id = :id;

-- name: delivery_delivered
UPDATE webhook_deliveries SET status = 'delivered', ended_at = :at, status_code = :code, error = ''
WHERE tenant_id = :tenant AND id = :id AND status = 'open';

-- name: delivery_failed
-- It is dead once its time is up.
UPDATE webhook_deliveries SET
    status_code = :code, error = :error,
    status = CASE WHEN expires_at <= :at THEN 'dead' ELSE status END,
    ended_at = CASE WHEN expires_at <= :at THEN :at ELSE ended_at END
WHERE tenant_id = :tenant AND id = :id AND status = 'open' RETURNING status;

-- name: delivery_replay
UPDATE webhook_deliveries SET status = 'open', attempts = 0, due_at = :at, expires_at = :expires, ended_at = NULL,
    status_code = NULL, error = ''
WHERE tenant_id = :tenant AND id = :id AND status <> 'open';

-- name: deliveries_replay
-- Everything of a webhook that is dead. `+`: not by the index of all of the tenant's.
UPDATE webhook_deliveries SET status = 'open', attempts = 0, due_at = :at, expires_at = :expires, ended_at = NULL,
    status_code = NULL, error = ''
WHERE +tenant_id = :tenant AND webhook_id = :webhook AND status = 'dead';

-- name: deliveries_expire
-- What waited for a webhook that is off. For any other there is one last try, however late.
UPDATE webhook_deliveries SET status = 'dead', ended_at = :at, error = CASE WHEN error = '' THEN :error ELSE error END
WHERE tenant_id = :tenant AND status = 'open' AND expires_at <= :at
    AND webhook_id IN (SELECT id FROM webhooks WHERE tenant_id = :tenant AND NOT is_active);

-- name: deliveries_drop
DELETE FROM webhook_deliveries WHERE id IN (
    SELECT id FROM webhook_deliveries WHERE tenant_id = :tenant AND status <> 'open' AND ended_at < :before LIMIT :most);

-- name: deliveries_drop_of
DELETE FROM webhook_deliveries WHERE id IN (
    SELECT id FROM webhook_deliveries WHERE +tenant_id = :tenant AND webhook_id = :webhook LIMIT :most);

-- name: deliveries_listed
SELECT * FROM webhook_deliveries WHERE tenant_id = :tenant AND webhook_id = :webhook AND id < :before
ORDER BY id DESC LIMIT :most;

-- name: deliveries_of_status
SELECT * FROM webhook_deliveries
WHERE tenant_id = :tenant AND webhook_id = :webhook AND status = :status AND id < :before
ORDER BY id DESC LIMIT :most;

-- name: dead_letters
SELECT * FROM webhook_deliveries WHERE tenant_id = :tenant AND status = 'dead' AND id < :before
ORDER BY id DESC LIMIT :most;

-- name: told_message
-- What webhooks are told of a message.
SELECT messages.*, contacts.phone, contacts.lid, contacts.name FROM messages
JOIN conversations ON conversations.id = messages.conversation_id
JOIN contacts ON contacts.id = conversations.contact_id
WHERE messages.tenant_id = :tenant AND messages.id = :id;

-- name: told_conversation
SELECT conversations.*, contacts.phone, contacts.lid, contacts.name FROM conversations
JOIN contacts ON contacts.id = conversations.contact_id
WHERE conversations.tenant_id = :tenant AND conversations.id = :id;

-- name: told_operator
SELECT id, name FROM operators WHERE tenant_id = :tenant AND id = :id;

-- name: forget_deliveries
DELETE FROM webhook_deliveries WHERE tenant_id = :tenant AND conversation_id <> '' AND conversation_id = :conversation;
