-- What people write down about a customer, and how contacts are listed. `name` is the one that is shown: a person's word
-- for them (name_set = 1), or else what they call themselves in WhatsApp, which stands in push_name. Amounts of money are
-- hundredths. Contacts without a message, either way, came with a list of customers: nobody may write to them.

ALTER TABLE contacts ADD COLUMN push_name TEXT NOT NULL DEFAULT '';
ALTER TABLE contacts ADD COLUMN name_set INTEGER NOT NULL DEFAULT 0;
ALTER TABLE contacts ADD COLUMN email TEXT NOT NULL DEFAULT '';
ALTER TABLE contacts ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE contacts ADD COLUMN notes TEXT NOT NULL DEFAULT '';
ALTER TABLE contacts ADD COLUMN customer_id TEXT NOT NULL DEFAULT '';
ALTER TABLE contacts ADD COLUMN blocked_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE contacts ADD COLUMN blocked_at INTEGER;
ALTER TABLE contacts ADD COLUMN total_spent INTEGER NOT NULL DEFAULT 0;
ALTER TABLE contacts ADD COLUMN last_order_at INTEGER;
ALTER TABLE contacts ADD COLUMN updated_at INTEGER;
UPDATE contacts SET push_name = name;
CREATE INDEX contacts_recent ON contacts (tenant_id, last_contact_at, id);
CREATE INDEX contacts_first ON contacts (tenant_id, first_contact_at, id);
CREATE INDEX contacts_named ON contacts (tenant_id, name COLLATE NOCASE, id);
CREATE INDEX contacts_ordering ON contacts (tenant_id, total_orders, id);
CREATE INDEX contacts_spending ON contacts (tenant_id, total_spent, id);
CREATE INDEX contacts_in_segments ON contacts (tenant_id, segment_manual, segment, last_contact_at, is_blocked);
CREATE INDEX contacts_blocked ON contacts (tenant_id, id) WHERE is_blocked;

-- The tags of contacts.tags, one row each, kept by triggers: who has a tag is found without looking at everybody.
CREATE TABLE contact_tags (
    tenant_id TEXT NOT NULL,
    tag TEXT NOT NULL,
    contact_id TEXT NOT NULL,
    PRIMARY KEY (tenant_id, tag, contact_id)
) WITHOUT ROWID;
CREATE INDEX tags_of_contact ON contact_tags (contact_id);
INSERT INTO contact_tags (tenant_id, tag, contact_id)
SELECT DISTINCT contacts.tenant_id, value, contacts.id FROM contacts, json_each(contacts.tags);

CREATE TRIGGER contact_tags_first AFTER INSERT ON contacts WHEN NEW.tags <> '[]'
BEGIN
    INSERT OR IGNORE INTO contact_tags (tenant_id, tag, contact_id)
    SELECT NEW.tenant_id, value, NEW.id FROM json_each(NEW.tags);
END;

CREATE TRIGGER contact_tags_changed AFTER UPDATE OF tags ON contacts WHEN OLD.tags <> NEW.tags
BEGIN
    DELETE FROM contact_tags WHERE contact_id = OLD.id;
    INSERT OR IGNORE INTO contact_tags (tenant_id, tag, contact_id)
    SELECT NEW.tenant_id, value, NEW.id FROM json_each(NEW.tags);
END;

CREATE TRIGGER contact_tags_gone AFTER DELETE ON contacts WHEN OLD.tags <> '[]'
BEGIN
    DELETE FROM contact_tags WHERE contact_id = OLD.id;
END;
