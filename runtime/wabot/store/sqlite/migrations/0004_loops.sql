-- Until when a chat is muted because two machines seem to answer each other.

ALTER TABLE conversations ADD COLUMN muted_until INTEGER;
CREATE INDEX outbox_of_conversation ON outbox (conversation_id, created_at);
