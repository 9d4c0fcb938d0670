-- How many contacts there are: a list says so on every page.
CREATE TABLE contact_counts (
    tenant_id TEXT PRIMARY KEY,
    number INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO contact_counts (tenant_id, number) SELECT tenant_id, COUNT(*) FROM contacts GROUP BY 1;

CREATE TRIGGER contact_counted AFTER INSERT ON contacts
BEGIN
    INSERT INTO contact_counts (tenant_id, number) VALUES (NEW.tenant_id, 1)
    ON CONFLICT (tenant_id) DO UPDATE SET number = number + 1;
END;

CREATE TRIGGER contact_uncounted AFTER DELETE ON contacts
BEGIN
    UPDATE contact_counts SET number = number - 1 WHERE tenant_id = OLD.tenant_id;
    DELETE FROM contact_counts WHERE tenant_id = OLD.tenant_id AND number = 0;
END;
