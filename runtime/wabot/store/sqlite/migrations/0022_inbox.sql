-- What a team's inbox asks: lists in any order by an index, totals that nobody has to count, words to search for, notes.

ALTER TABLE conversations ADD COLUMN category TEXT NOT NULL DEFAULT '';
ALTER TABLE conversations ADD COLUMN internal_notes TEXT NOT NULL DEFAULT '';
ALTER TABLE conversations ADD COLUMN snoozed_until INTEGER;
-- Up to which message (its created_at) a person has looked.
ALTER TABLE conversations ADD COLUMN looked_at INTEGER;

-- Who wrote through wabot: an operator's e-mail, or 'wabot' for whoever has none; '' for customers, the bot and the phone.
ALTER TABLE messages ADD COLUMN sender_id TEXT NOT NULL DEFAULT '';
-- Who emptied the message here; '' where nobody did, or where its own writer took it back.
ALTER TABLE messages ADD COLUMN deleted_by TEXT NOT NULL DEFAULT '';
UPDATE messages SET sender_id = COALESCE((SELECT CASE WHEN operator = '' THEN 'wabot' ELSE operator END FROM outbox
    WHERE outbox.id = messages.id AND outbox.kind = 'person'), '') WHERE sender_type = 'cs';

-- The message (our id of it) that a person's message replies to.
ALTER TABLE outbox ADD COLUMN quoted TEXT NOT NULL DEFAULT '';
-- Who promised the message, where a person did.
ALTER TABLE follow_ups ADD COLUMN operator TEXT NOT NULL DEFAULT '';
ALTER TABLE follow_ups ADD COLUMN sender_name TEXT NOT NULL DEFAULT '';
CREATE INDEX outbox_in_order ON outbox (sequence);

DROP INDEX conversations_recent;
CREATE INDEX conversations_recent ON conversations (tenant_id, last_message_at, status, unread_count);
CREATE INDEX conversations_created ON conversations (tenant_id, created_at, status);
CREATE INDEX conversations_of_status ON conversations (tenant_id, status, last_message_at);
CREATE INDEX conversations_of_both ON conversations (tenant_id, status, operator_id, last_message_at);
-- What the list asks of each row stands in the index: thousands may be unread.
CREATE INDEX conversations_unread ON conversations (tenant_id, last_message_at, unread_count, status, operator_id)
    WHERE unread_count > 0;
CREATE INDEX conversations_snoozed ON conversations (tenant_id, snoozed_until) WHERE snoozed_until IS NOT NULL;

-- How many conversations there are of each status, with each operator ('' for nobody), read and unread.
CREATE TABLE conversation_counts (
    tenant_id TEXT NOT NULL,
    status TEXT NOT NULL,
    operator_id TEXT NOT NULL,
    unread INTEGER NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, status, operator_id, unread)
) WITHOUT ROWID;
INSERT INTO conversation_counts (tenant_id, status, operator_id, unread, number)
SELECT tenant_id, status, COALESCE(operator_id, ''), unread_count > 0, COUNT(*) FROM conversations GROUP BY 1, 2, 3, 4;

CREATE TRIGGER conversation_counted AFTER INSERT ON conversations
BEGIN
    INSERT INTO conversation_counts (tenant_id, status, operator_id, unread, number)
    VALUES (NEW.tenant_id, NEW.status, COALESCE(NEW.operator_id, ''), NEW.unread_count > 0, 1)
    ON CONFLICT (tenant_id, status, operator_id, unread) DO UPDATE SET number = number + 1;
END;

CREATE TRIGGER conversation_uncounted AFTER DELETE ON conversations
BEGIN
    UPDATE conversation_counts SET number = number - 1 WHERE tenant_id = OLD.tenant_id AND status = OLD.status
        AND operator_id = COALESCE(OLD.operator_id, '') AND unread = (OLD.unread_count > 0);
    DELETE FROM conversation_counts WHERE tenant_id = OLD.tenant_id AND number = 0;
    DELETE FROM conversation_tags WHERE conversation_id = OLD.id;
END;

CREATE TRIGGER conversation_recounted AFTER UPDATE OF status, operator_id, unread_count ON conversations
WHEN OLD.status <> NEW.status OR OLD.operator_id IS NOT NEW.operator_id
    OR (OLD.unread_count > 0) <> (NEW.unread_count > 0)
BEGIN
    UPDATE conversation_counts SET number = number - 1 WHERE tenant_id = OLD.tenant_id AND status = OLD.status
        AND operator_id = COALESCE(OLD.operator_id, '') AND unread = (OLD.unread_count > 0);
    INSERT INTO conversation_counts (tenant_id, status, operator_id, unread, number)
    VALUES (NEW.tenant_id, NEW.status, COALESCE(NEW.operator_id, ''), NEW.unread_count > 0, 1)
    ON CONFLICT (tenant_id, status, operator_id, unread) DO UPDATE SET number = number + 1;
END;

-- Which conversations bear a tag, in the order in which they are listed.
CREATE TABLE conversation_tags (
    tenant_id TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    tag TEXT NOT NULL,
    last_message_at INTEGER,
    PRIMARY KEY (conversation_id, tag)
) WITHOUT ROWID;
CREATE INDEX conversations_of_tag ON conversation_tags (tenant_id, tag, last_message_at);
INSERT OR IGNORE INTO conversation_tags (tenant_id, conversation_id, tag, last_message_at)
SELECT conversations.tenant_id, conversations.id, json_each.value, last_message_at
FROM conversations, json_each(conversations.tags);

CREATE TRIGGER conversation_tagged AFTER INSERT ON conversations WHEN NEW.tags <> '[]'
BEGIN
    INSERT OR IGNORE INTO conversation_tags (tenant_id, conversation_id, tag, last_message_at)
    SELECT NEW.tenant_id, NEW.id, value, NEW.last_message_at FROM json_each(NEW.tags);
END;

CREATE TRIGGER conversation_tagged_anew AFTER UPDATE OF tags ON conversations WHEN OLD.tags <> NEW.tags
BEGIN
    DELETE FROM conversation_tags WHERE conversation_id = NEW.id;
    INSERT OR IGNORE INTO conversation_tags (tenant_id, conversation_id, tag, last_message_at)
    SELECT NEW.tenant_id, NEW.id, value, NEW.last_message_at FROM json_each(NEW.tags);
END;

CREATE TRIGGER conversation_moved AFTER UPDATE OF last_message_at ON conversations
WHEN NEW.tags <> '[]' AND OLD.tags = NEW.tags AND OLD.last_message_at IS NOT NEW.last_message_at
BEGIN
    UPDATE conversation_tags SET last_message_at = NEW.last_message_at WHERE conversation_id = NEW.id;
END;

-- The words of customers' names, in small letters, and their numbers: found by how they begin.
CREATE TABLE contact_words (
    tenant_id TEXT NOT NULL,
    word TEXT NOT NULL,
    contact_id TEXT NOT NULL,
    PRIMARY KEY (tenant_id, word, contact_id)
) WITHOUT ROWID;
CREATE INDEX words_of_contact ON contact_words (contact_id, word);
INSERT OR IGNORE INTO contact_words (tenant_id, word, contact_id)
SELECT contacts.tenant_id, json_each.value, contacts.id FROM contacts,
    json_each('[' || REPLACE(json_quote(LOWER(contacts.name)), ' ', '","') || ']') WHERE json_each.value <> '';
INSERT OR IGNORE INTO contact_words (tenant_id, word, contact_id)
SELECT tenant_id, phone, id FROM contacts WHERE phone <> '';

CREATE TRIGGER contact_worded AFTER INSERT ON contacts
BEGIN
    INSERT OR IGNORE INTO contact_words (tenant_id, word, contact_id)
    SELECT NEW.tenant_id, value, NEW.id FROM json_each('[' || REPLACE(json_quote(LOWER(NEW.name)), ' ', '","') || ']')
    WHERE value <> '';
    INSERT OR IGNORE INTO contact_words (tenant_id, word, contact_id)
    SELECT NEW.tenant_id, NEW.phone, NEW.id WHERE NEW.phone <> '';
END;

CREATE TRIGGER contact_worded_anew AFTER UPDATE OF name, phone ON contacts
WHEN OLD.name <> NEW.name OR OLD.phone <> NEW.phone
BEGIN
    DELETE FROM contact_words WHERE contact_id = NEW.id;
    INSERT OR IGNORE INTO contact_words (tenant_id, word, contact_id)
    SELECT NEW.tenant_id, value, NEW.id FROM json_each('[' || REPLACE(json_quote(LOWER(NEW.name)), ' ', '","') || ']')
    WHERE value <> '';
    INSERT OR IGNORE INTO contact_words (tenant_id, word, contact_id)
    SELECT NEW.tenant_id, NEW.phone, NEW.id WHERE NEW.phone <> '';
END;

CREATE TRIGGER contact_unworded AFTER DELETE ON contacts
BEGIN
    DELETE FROM contact_words WHERE contact_id = OLD.id;
END;

-- What people tell each other about a chat; customers never see it.
CREATE TABLE conversation_notes (
    id TEXT PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    conversation_id TEXT NOT NULL REFERENCES conversations (id),
    author TEXT NOT NULL,
    author_name TEXT NOT NULL,
    content TEXT NOT NULL,
    created_at INTEGER NOT NULL
);
CREATE INDEX notes_of_conversation ON conversation_notes (conversation_id, created_at);

CREATE TABLE note_mentions (
    tenant_id TEXT NOT NULL,
    operator_id TEXT NOT NULL REFERENCES operators (id) ON DELETE CASCADE,
    note_id TEXT NOT NULL REFERENCES conversation_notes (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    seen_at INTEGER,
    PRIMARY KEY (operator_id, note_id)
);
CREATE INDEX mentions_of_operator ON note_mentions (operator_id, created_at);
CREATE INDEX mentions_of_note ON note_mentions (note_id);

-- Which message a key of a client's stands for: asked twice, it is sent once.
CREATE TABLE send_keys (
    tenant_id TEXT NOT NULL,
    key TEXT NOT NULL,
    digest TEXT NOT NULL,
    message_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, key)
) WITHOUT ROWID;
CREATE INDEX send_keys_by_age ON send_keys (tenant_id, at);

-- What the feed tells of conversations.
CREATE TRIGGER feed_conversation
AFTER UPDATE OF status, priority, tags, operator_id, assigned_to, paused_until, snoozed_until, category
ON conversations
WHEN (OLD.status <> NEW.status OR OLD.priority <> NEW.priority OR OLD.tags <> NEW.tags
        OR OLD.operator_id IS NOT NEW.operator_id OR OLD.assigned_to <> NEW.assigned_to
        OR OLD.paused_until IS NOT NEW.paused_until
        OR OLD.snoozed_until IS NOT NEW.snoozed_until OR OLD.category <> NEW.category)
    AND EXISTS (SELECT 1 FROM feed_readers WHERE tenant_id = NEW.tenant_id)
BEGIN
    INSERT INTO feed (tenant_id, kind, conversation_id, data, at)
    VALUES (NEW.tenant_id, 'conversation', NEW.id,
        json_object('status', NEW.status, 'was', OLD.status, 'priority', NEW.priority, 'tags', json(NEW.tags),
            'operator_id', NEW.operator_id, 'operator_before', OLD.operator_id, 'paused_until', NEW.paused_until,
            'snoozed_until', NEW.snoozed_until, 'category', NEW.category),
        NEW.updated_at);
END;

-- That somebody has read it, and only that: each message that comes makes a chat more unread, and is told of anyway.
CREATE TRIGGER feed_conversation_read AFTER UPDATE OF unread_count ON conversations
WHEN NEW.unread_count < OLD.unread_count
    AND EXISTS (SELECT 1 FROM feed_readers WHERE tenant_id = NEW.tenant_id)
BEGIN
    INSERT INTO feed (tenant_id, kind, conversation_id, data, at)
    VALUES (NEW.tenant_id, 'conversation', NEW.id, json_object('unread', NEW.unread_count), NEW.updated_at);
END;
