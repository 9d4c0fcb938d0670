-- Files that people send: kept in the tenant's folder outgoing/<id>/<name> until nobody needs them. owner is who uploaded
-- it (an e-mail address, or an API key's id); idempotency_key is theirs, '' for none.

CREATE TABLE uploads (
    id TEXT PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    name TEXT NOT NULL,
    mime_type TEXT NOT NULL,
    size INTEGER NOT NULL,
    owner TEXT NOT NULL,
    idempotency_key TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL,
    used_at INTEGER
);
CREATE INDEX uploads_by_age ON uploads (tenant_id, created_at);
CREATE UNIQUE INDEX uploads_asked_once ON uploads (tenant_id, owner, idempotency_key) WHERE idempotency_key <> '';

-- media_upload: which upload a person's message sends. It may be gone by now; what it was stands with the message.
ALTER TABLE messages ADD COLUMN media_upload TEXT NOT NULL DEFAULT '';
CREATE INDEX messages_of_uploads ON messages (tenant_id, media_upload) WHERE media_upload <> '';
CREATE INDEX messages_gallery ON messages (conversation_id, created_at DESC) WHERE media_details <> '';
CREATE INDEX messages_gallery_of_kind ON messages (tenant_id, message_type, created_at DESC) WHERE media_details <> '';
