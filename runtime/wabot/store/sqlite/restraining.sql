-- What WhatsApp does not let a number do for now.

-- name: restraint_set
INSERT INTO restraints (tenant_id, kind, phone, until, status, detail, action)
VALUES (:tenant, :kind, :phone, :until, :status, :detail, :action)
ON CONFLICT (tenant_id, kind) DO UPDATE SET
    phone = excluded.phone, until = excluded.until, status = excluded.status, detail = excluded.detail,
    action = excluded.action;

-- name: restraint_of_login
SELECT status, detail, action, until FROM restraints
WHERE tenant_id = :tenant AND kind = 'login' AND phone = :phone AND until > :now;

-- name: restraint_of_first_contacts
SELECT until FROM restraints WHERE tenant_id = :tenant AND kind = 'first_contacts' AND until > :now;

-- name: restraint_lift
DELETE FROM restraints WHERE tenant_id = :tenant;

-- name: restraint_lift_login
DELETE FROM restraints WHERE tenant_id = :tenant AND kind = 'login';

-- name: chat_needs_a_person
UPDATE conversations SET
    status = CASE WHEN status = 'spam' THEN status ELSE 'pending' END, priority = 'high', updated_at = :at
WHERE tenant_id = :tenant AND id = (
    SELECT conversation_id FROM conversation_chats WHERE tenant_id = :tenant AND chat = :chat
);
