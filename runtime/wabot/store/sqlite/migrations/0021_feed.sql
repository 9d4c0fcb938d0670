-- What changed, one row after the other, for whoever listens: fronts, webhooks. Rows are ids and what a statement knows;
-- whoever needs more reads it. Nothing is written while nobody listens (feed_readers is empty). What becomes of a
-- conversation is told by triggers of 0022.

CREATE TABLE feed (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN
        ('message', 'message_status', 'conversation_new', 'conversation', 'operator', 'session')),
    conversation_id TEXT NOT NULL DEFAULT '',
    subject_id TEXT NOT NULL DEFAULT '',
    data TEXT NOT NULL DEFAULT '{}',
    at INTEGER NOT NULL
);
CREATE INDEX feed_in_order ON feed (tenant_id, sequence);
CREATE INDEX feed_by_age ON feed (tenant_id, at);

CREATE TABLE feed_readers (
    tenant_id TEXT NOT NULL,
    reader TEXT NOT NULL,
    position INTEGER NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, reader)
);

-- A rule's reply is told once it is out: until then it may still be withheld.
CREATE TRIGGER feed_message AFTER INSERT ON messages
WHEN NEW.is_imported = 0 AND NOT (NEW.sender_type IN ('auto_reply', 'system') AND NEW.status IN ('queued', 'sending'))
    AND EXISTS (SELECT 1 FROM feed_readers WHERE tenant_id = NEW.tenant_id)
BEGIN
    INSERT INTO feed (tenant_id, kind, conversation_id, subject_id, at)
    VALUES (NEW.tenant_id, 'message', NEW.conversation_id, NEW.id, NEW.created_at);
END;

CREATE TRIGGER feed_reply AFTER UPDATE OF status ON messages
WHEN OLD.status IN ('queued', 'sending') AND NEW.status NOT IN ('queued', 'sending')
    AND NEW.sender_type IN ('auto_reply', 'system')
    AND EXISTS (SELECT 1 FROM feed_readers WHERE tenant_id = NEW.tenant_id)
BEGIN
    INSERT INTO feed (tenant_id, kind, conversation_id, subject_id, at)
    VALUES (NEW.tenant_id, 'message', NEW.conversation_id, NEW.id, COALESCE(NEW.sent_at, NEW.created_at));
END;

CREATE TRIGGER feed_message_status AFTER UPDATE ON messages
WHEN (OLD.status <> NEW.status OR OLD.content <> NEW.content OR OLD.reactions <> NEW.reactions
        OR OLD.revoked_at IS NOT NEW.revoked_at OR OLD.media_file <> NEW.media_file)
    AND NOT (NEW.sender_type IN ('auto_reply', 'system') AND OLD.status IN ('queued', 'sending'))
    AND EXISTS (SELECT 1 FROM feed_readers WHERE tenant_id = NEW.tenant_id)
BEGIN
    INSERT INTO feed (tenant_id, kind, conversation_id, subject_id, data, at)
    VALUES (NEW.tenant_id, 'message_status', NEW.conversation_id, NEW.id,
        json_object('status', NEW.status, 'was', OLD.status,
            'other', json(CASE WHEN OLD.content <> NEW.content OR OLD.reactions <> NEW.reactions
                OR OLD.revoked_at IS NOT NEW.revoked_at OR OLD.media_file <> NEW.media_file
                THEN 'true' ELSE 'false' END)),
        COALESCE(NEW.read_at, NEW.delivered_at, NEW.sent_at, NEW.created_at));
END;

CREATE TRIGGER feed_conversation_new AFTER INSERT ON conversations
WHEN EXISTS (SELECT 1 FROM feed_readers WHERE tenant_id = NEW.tenant_id)
BEGIN
    INSERT INTO feed (tenant_id, kind, conversation_id, at)
    VALUES (NEW.tenant_id, 'conversation_new', NEW.id, NEW.created_at);
END;

CREATE TRIGGER feed_operator AFTER UPDATE OF status ON operators
WHEN OLD.status <> NEW.status AND EXISTS (SELECT 1 FROM feed_readers WHERE tenant_id = NEW.tenant_id)
BEGIN
    INSERT INTO feed (tenant_id, kind, subject_id, data, at)
    VALUES (NEW.tenant_id, 'operator', NEW.id, json_object('status', NEW.status), NEW.updated_at);
END;

CREATE TRIGGER feed_session AFTER UPDATE OF status ON sessions
WHEN OLD.status <> NEW.status AND EXISTS (SELECT 1 FROM feed_readers WHERE tenant_id = NEW.tenant_id)
BEGIN
    INSERT INTO feed (tenant_id, kind, data, at)
    VALUES (NEW.tenant_id, 'session', json_object('status', NEW.status, 'was', OLD.status, 'detail', NEW.detail),
        COALESCE(NEW.since, 0));
END;
