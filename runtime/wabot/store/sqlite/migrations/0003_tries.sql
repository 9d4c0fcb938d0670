-- How often each message was begun, and why it was set aside when none of its tries came to an end.

ALTER TABLE inbound_journal ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE inbound_journal ADD COLUMN error TEXT NOT NULL DEFAULT '';
