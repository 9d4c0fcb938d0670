-- Chats that are offered again: whose customer wrote to somebody who is silent, or gone. Who works in a front end shows
-- that they are there (present_at; NULL for whoever never did): absent_from is the status that they lost when they did
-- not. had_by is the operator who had a chat before, handed_on how often it was taken from somebody since a person
-- answered there.

ALTER TABLE operators ADD COLUMN present_at INTEGER;
ALTER TABLE operators ADD COLUMN absent_from TEXT NOT NULL DEFAULT '';
ALTER TABLE operators ADD COLUMN disabled_at INTEGER;
ALTER TABLE conversations ADD COLUMN unanswered_since INTEGER;
ALTER TABLE conversations ADD COLUMN had_by TEXT NOT NULL DEFAULT '';
ALTER TABLE conversations ADD COLUMN handed_on INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN reopened_at INTEGER;
CREATE INDEX conversations_unanswered ON conversations (tenant_id, unanswered_since)
    WHERE unanswered_since IS NOT NULL;
