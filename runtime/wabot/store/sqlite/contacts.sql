-- Contacts as people care for them: looking them up, writing down what is known, blocking, lists of customers.

-- name: contact_merge_cared_for
UPDATE contacts SET
    name = COALESCE(:name, name), name_set = :name_set, push_name = :push_name, email = :email, address = :address,
    notes = :notes, customer_id = :customer_id, blocked_reason = :blocked_reason, blocked_at = :blocked_at,
    updated_at = :updated_at
WHERE id = :id AND tenant_id = :tenant;

-- name: contact_card
SELECT contacts.*, conversations.id AS conversation_id, conversations.status AS conversation_status
FROM contacts LEFT JOIN conversations ON conversations.id = (SELECT one.id FROM conversations AS one
    WHERE one.tenant_id = :tenant AND one.contact_id = contacts.id ORDER BY one.created_at, one.id LIMIT 1)
WHERE contacts.tenant_id = :tenant AND contacts.id = :id;

-- name: contacts_counted
SELECT COALESCE(SUM(number), 0) AS number FROM contact_counts WHERE tenant_id = :tenant;

-- name: contacts_tagged
SELECT COUNT(*) AS number FROM (SELECT 1 FROM contact_tags WHERE tenant_id = :tenant AND tag = :what LIMIT :most) AS some;

-- name: contacts_barred
SELECT COUNT(*) AS number FROM (SELECT 1 FROM contacts INDEXED BY contacts_blocked
    WHERE tenant_id = :tenant AND is_blocked LIMIT :most) AS some;

-- name: contacts_by_segment
-- `gone` of them have been silent for long.
SELECT segment_manual, segment, COUNT(*) AS number, SUM(CASE WHEN last_contact_at < :inactive_before THEN 1 ELSE 0 END) AS gone
FROM contacts INDEXED BY contacts_in_segments WHERE tenant_id = :tenant GROUP BY segment_manual, segment;

-- name: contact_change
-- NULL leaves a field as it is; a name of "" goes back to what they call themselves.
UPDATE contacts SET
    name = CASE WHEN :name IS NULL THEN name WHEN :name = '' THEN push_name ELSE :name END,
    name_set = CASE WHEN :name IS NULL THEN name_set ELSE :name <> '' END,
    email = COALESCE(:email, email),
    address = COALESCE(:address, address),
    notes = COALESCE(:notes, notes),
    customer_id = COALESCE(:customer_id, customer_id),
    segment_manual = COALESCE(:segment, segment_manual),
    tags = COALESCE(:tags, tags),
    updated_at = :at
WHERE tenant_id = :tenant AND id = :id;

-- name: contact_block
UPDATE contacts SET is_blocked = 1, blocked_reason = :reason, blocked_at = COALESCE(blocked_at, :at), updated_at = :at
WHERE tenant_id = :tenant AND id = :id;

-- name: contact_unblock
UPDATE contacts SET is_blocked = 0, blocked_reason = '', blocked_at = NULL, updated_at = :at
WHERE tenant_id = :tenant AND id = :id;

-- name: conversations_of_contact
SELECT id FROM conversations WHERE +tenant_id = :tenant AND contact_id = :contact;

-- name: contact_listed
-- Somebody of a list of customers: they never wrote, and so they have no conversation.
INSERT INTO contacts (id, tenant_id, phone, first_contact_at, last_contact_at)
VALUES (:id, :tenant, :phone, :at, :at) ON CONFLICT DO NOTHING;

-- name: contact_with_phone
SELECT * FROM contacts WHERE tenant_id = :tenant AND phone = :phone AND phone <> '';
