-- What comes in beside plain text. edits and reactions are JSON lists; media_details is JSON: the file, place or cards
-- that came with the message; media_file is the file's name in the tenant's folder media/, once it is there.

ALTER TABLE messages ADD COLUMN quoted_message_id TEXT NOT NULL DEFAULT '';
ALTER TABLE messages ADD COLUMN is_forwarded INTEGER NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN forward_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN media_mime_type TEXT NOT NULL DEFAULT '';
ALTER TABLE messages ADD COLUMN media_size INTEGER NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN media_details TEXT NOT NULL DEFAULT '';
ALTER TABLE messages ADD COLUMN media_file TEXT NOT NULL DEFAULT '';
ALTER TABLE messages ADD COLUMN media_tries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN media_error TEXT NOT NULL DEFAULT '';
ALTER TABLE messages ADD COLUMN edited_at INTEGER;
ALTER TABLE messages ADD COLUMN edits TEXT NOT NULL DEFAULT '[]';
ALTER TABLE messages ADD COLUMN revoked_at INTEGER;
ALTER TABLE messages ADD COLUMN reactions TEXT NOT NULL DEFAULT '[]';
ALTER TABLE messages ADD COLUMN is_imported INTEGER NOT NULL DEFAULT 0;
CREATE INDEX messages_with_files ON messages (tenant_id, created_at) WHERE media_details <> '';
