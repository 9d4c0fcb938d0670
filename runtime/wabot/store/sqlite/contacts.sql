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

-- name: contacts_page_{order}
-- order: last_contact_desc = last_contact_at DESC, id DESC
-- order: last_contact_asc = last_contact_at, id
-- order: first_contact_desc = first_contact_at DESC, id DESC
-- order: first_contact_asc = first_contact_at, id
-- order: name_asc = name COLLATE NOCASE, id
-- order: name_desc = name COLLATE NOCASE DESC, id DESC
-- order: total_orders_desc = total_orders DESC, id DESC
-- order: total_orders_asc = total_orders, id
-- order: total_spent_desc = total_spent DESC, id DESC
-- order: total_spent_asc = total_spent, id
-- order: id_asc = id
-- Walks an index in its order until the page is full.
SELECT * FROM contacts
WHERE tenant_id = :tenant AND id > :after
    AND (:search = '' OR name LIKE :search ESCAPE '!' OR (:number <> '' AND phone LIKE :number))
    AND (:segment = '' OR segment_manual = :segment OR (segment_manual = '' AND :segment =
        CASE WHEN last_contact_at < :inactive_before THEN 'inactive' WHEN segment = '' THEN 'new' ELSE segment END))
    AND (:blocked IS NULL OR is_blocked = :blocked)
    AND (:tags = '[]' OR NOT EXISTS (SELECT 1 FROM json_each(:tags) WHERE NOT EXISTS (SELECT 1 FROM contact_tags
        WHERE contact_tags.tenant_id = :tenant AND tag = json_each.value AND contact_id = contacts.id)))
ORDER BY {order} LIMIT :most OFFSET :skipped;

-- name: contacts_number
SELECT COUNT(*) AS number FROM contacts
WHERE tenant_id = :tenant
    AND (:search = '' OR name LIKE :search ESCAPE '!' OR (:number <> '' AND phone LIKE :number))
    AND (:segment = '' OR segment_manual = :segment OR (segment_manual = '' AND :segment =
        CASE WHEN last_contact_at < :inactive_before THEN 'inactive' WHEN segment = '' THEN 'new' ELSE segment END))
    AND (:blocked IS NULL OR is_blocked = :blocked)
    AND (:tags = '[]' OR id IN (SELECT contact_id FROM contact_tags
        WHERE contact_tags.tenant_id = :tenant AND tag IN (SELECT value FROM json_each(:tags))
        GROUP BY contact_id HAVING COUNT(*) = json_array_length(:tags)));

-- name: contacts_by_segment
SELECT CASE WHEN segment_manual <> '' THEN segment_manual WHEN last_contact_at < :inactive_before THEN 'inactive'
    WHEN segment = '' THEN 'new' ELSE segment END AS in_segment, COUNT(*) AS number, SUM(is_blocked) AS blocked
FROM contacts WHERE tenant_id = :tenant GROUP BY in_segment ORDER BY in_segment;

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
