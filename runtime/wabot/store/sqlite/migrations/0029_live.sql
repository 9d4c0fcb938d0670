-- What listeners are told besides: whether a message's status changed or what it says, that a person has read a chat,
-- and when the tenant was connected last.

DROP TRIGGER feed_message_status;

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

-- Only that: each message that comes makes a chat more unread, and is told of anyway.
CREATE TRIGGER feed_conversation_read AFTER UPDATE OF unread_count ON conversations
WHEN NEW.unread_count < OLD.unread_count
    AND EXISTS (SELECT 1 FROM feed_readers WHERE tenant_id = NEW.tenant_id)
BEGIN
    INSERT INTO feed (tenant_id, kind, conversation_id, data, at)
    VALUES (NEW.tenant_id, 'conversation', NEW.id, json_object('unread', NEW.unread_count), NEW.updated_at);
END;

ALTER TABLE sessions ADD COLUMN connected_at INTEGER;
UPDATE sessions SET connected_at = since WHERE status = 'connected';

CREATE TRIGGER session_connected AFTER UPDATE OF status ON sessions
WHEN NEW.status = 'connected' AND OLD.status <> 'connected'
BEGIN
    UPDATE sessions SET connected_at = NEW.since WHERE tenant_id = NEW.tenant_id;
END;
