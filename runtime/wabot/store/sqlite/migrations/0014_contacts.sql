-- What is known of a contact: how often they came, and the segment that a person gave them ("" for none), which wins
-- over the one that is computed.

ALTER TABLE contacts ADD COLUMN total_conversations INTEGER NOT NULL DEFAULT 0;
ALTER TABLE contacts ADD COLUMN segment_manual TEXT NOT NULL DEFAULT '';
UPDATE contacts SET total_conversations = 1 WHERE total_messages_received > 0;
