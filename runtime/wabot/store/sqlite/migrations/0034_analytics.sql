-- What a tenant's chats add up to. Each conversation's share of each hour is kept (analytics_hours, _rules, _people) and
-- each conversation with its beginning (analytics_episodes); chat_analytics and the other two are their sums. Hours are
-- counted on the tenant's clock from 1970-01-01 00:00; `hour / 24` is a day. docs/analytics.md says what counts as what.
-- Triggers write down which conversations have changed: only those are worked out anew.

CREATE TABLE analytics_state (
    tenant_id TEXT PRIMARY KEY,
    -- The tenant's time zone when hours were counted.
    zone TEXT NOT NULL DEFAULT '',
    -- Days (of the clock, since 1970-01-01) before this one are closed, and the moment at which it begins: what they
    -- were counted from may be deleted.
    closed_before INTEGER NOT NULL DEFAULT 0,
    closed_until INTEGER NOT NULL DEFAULT 0,
    -- Up to when it is known who was there.
    presence_until INTEGER NOT NULL DEFAULT 0,
    aggregated_at INTEGER
);

CREATE TABLE analytics_dirty (
    tenant_id TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    PRIMARY KEY (tenant_id, conversation_id)
) WITHOUT ROWID;

-- Days whose sums are not those of their parts any more.
CREATE TABLE analytics_stale (
    tenant_id TEXT NOT NULL,
    day INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, day)
) WITHOUT ROWID;

-- What became of a conversation, and when: settled, opened again, waiting for a person. operator is the e-mail of
-- whoever had it, here and below; it outlives them.
CREATE TABLE conversation_statuses (
    tenant_id TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    status TEXT NOT NULL,
    operator TEXT NOT NULL DEFAULT ''
);
CREATE INDEX statuses_of_conversation ON conversation_statuses (conversation_id, at);

-- Who was there, and when.
CREATE TABLE operator_statuses (
    tenant_id TEXT NOT NULL,
    operator TEXT NOT NULL,
    at INTEGER NOT NULL,
    status TEXT NOT NULL
);
CREATE INDEX statuses_of_operator ON operator_statuses (tenant_id, operator, at);

-- Whether the shop was open when the message was decided; NULL where nobody knows.
ALTER TABLE auto_reply_logs ADD COLUMN in_hours INTEGER;

-- A conversation of one customer about one matter: from a message after a day's silence, or after the last one was
-- settled. response_millis: until anybody answered; person_millis: until a person did.
CREATE TABLE analytics_episodes (
    tenant_id TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    began_at INTEGER NOT NULL,
    hour INTEGER NOT NULL,
    is_new_customer INTEGER NOT NULL,
    in_hours INTEGER NOT NULL,
    response_millis INTEGER,
    person_millis INTEGER,
    rule_answers INTEGER NOT NULL DEFAULT 0,
    person_messages INTEGER NOT NULL DEFAULT 0,
    is_handed_over INTEGER NOT NULL DEFAULT 0,
    settled_at INTEGER,
    settled_hour INTEGER,
    settled_by TEXT NOT NULL DEFAULT '',
    customer_messages INTEGER NOT NULL DEFAULT 0,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, conversation_id, began_at)
) WITHOUT ROWID;
CREATE INDEX episodes_by_hour ON analytics_episodes (tenant_id, hour);
CREATE INDEX episodes_settled ON analytics_episodes (tenant_id, settled_hour) WHERE settled_hour IS NOT NULL;

CREATE TABLE analytics_hours (
    tenant_id TEXT NOT NULL,
    hour INTEGER NOT NULL,
    conversation_id TEXT NOT NULL,
    from_customer INTEGER NOT NULL DEFAULT 0,
    from_people INTEGER NOT NULL DEFAULT 0,
    from_rules INTEGER NOT NULL DEFAULT 0,
    from_system INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    delivered INTEGER NOT NULL DEFAULT 0,
    read INTEGER NOT NULL DEFAULT 0,
    questions INTEGER NOT NULL DEFAULT 0,
    rule_responses INTEGER NOT NULL DEFAULT 0,
    rule_millis INTEGER NOT NULL DEFAULT 0,
    person_responses INTEGER NOT NULL DEFAULT 0,
    person_millis INTEGER NOT NULL DEFAULT 0,
    decided INTEGER NOT NULL DEFAULT 0,
    answered INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, hour, conversation_id)
) WITHOUT ROWID;
CREATE INDEX hours_of_conversation ON analytics_hours (tenant_id, conversation_id, hour);

-- What each rule did; with rule_id '', why none answered.
CREATE TABLE analytics_rules (
    tenant_id TEXT NOT NULL,
    hour INTEGER NOT NULL,
    conversation_id TEXT NOT NULL,
    rule_id TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    fired INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    alone INTEGER NOT NULL DEFAULT 0,
    by_person INTEGER NOT NULL DEFAULT 0,
    unknown_next INTEGER NOT NULL DEFAULT 0,
    micros INTEGER NOT NULL DEFAULT 0,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, hour, conversation_id, rule_id, reason)
) WITHOUT ROWID;
CREATE INDEX rules_of_conversation ON analytics_rules (tenant_id, conversation_id, hour);

-- What each person did; operator is the e-mail, 'wabot' or '' for whoever wrote through wabot or on the phone unnamed.
CREATE TABLE analytics_people (
    tenant_id TEXT NOT NULL,
    hour INTEGER NOT NULL,
    conversation_id TEXT NOT NULL,
    operator TEXT NOT NULL,
    messages INTEGER NOT NULL DEFAULT 0,
    responses INTEGER NOT NULL DEFAULT 0,
    response_millis INTEGER NOT NULL DEFAULT 0,
    first_responses INTEGER NOT NULL DEFAULT 0,
    first_millis INTEGER NOT NULL DEFAULT 0,
    settled INTEGER NOT NULL DEFAULT 0,
    settled_millis INTEGER NOT NULL DEFAULT 0,
    csat_answers INTEGER NOT NULL DEFAULT 0,
    csat_total INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, hour, conversation_id, operator)
) WITHOUT ROWID;
CREATE INDEX people_of_conversation ON analytics_people (tenant_id, conversation_id, hour);

CREATE TABLE analytics_presence (
    tenant_id TEXT NOT NULL,
    hour INTEGER NOT NULL,
    operator TEXT NOT NULL,
    online_millis INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, hour, operator)
) WITHOUT ROWID;

-- Sums: `hour` is 0 to 23, or NULL for the whole day.
CREATE TABLE chat_analytics (
    tenant_id TEXT NOT NULL,
    date TEXT NOT NULL,
    hour INTEGER CHECK (hour BETWEEN 0 AND 23),
    total_conversations INTEGER NOT NULL DEFAULT 0,
    new_conversations INTEGER NOT NULL DEFAULT 0,
    active_conversations INTEGER NOT NULL DEFAULT 0,
    resolved_conversations INTEGER NOT NULL DEFAULT 0,
    bot_only_conversations INTEGER NOT NULL DEFAULT 0,
    handed_over_conversations INTEGER NOT NULL DEFAULT 0,
    total_messages INTEGER NOT NULL DEFAULT 0,
    messages_from_customers INTEGER NOT NULL DEFAULT 0,
    messages_from_cs INTEGER NOT NULL DEFAULT 0,
    messages_auto_reply INTEGER NOT NULL DEFAULT 0,
    messages_system INTEGER NOT NULL DEFAULT 0,
    messages_failed INTEGER NOT NULL DEFAULT 0,
    messages_delivered INTEGER NOT NULL DEFAULT 0,
    messages_read INTEGER NOT NULL DEFAULT 0,
    unique_customers INTEGER NOT NULL DEFAULT 0,
    new_customers INTEGER NOT NULL DEFAULT 0,
    questions INTEGER NOT NULL DEFAULT 0,
    rule_responses INTEGER NOT NULL DEFAULT 0,
    rule_response_millis INTEGER NOT NULL DEFAULT 0,
    person_responses INTEGER NOT NULL DEFAULT 0,
    person_response_millis INTEGER NOT NULL DEFAULT 0,
    first_responses_open INTEGER NOT NULL DEFAULT 0,
    first_response_millis_open INTEGER NOT NULL DEFAULT 0,
    first_responses_closed INTEGER NOT NULL DEFAULT 0,
    first_response_millis_closed INTEGER NOT NULL DEFAULT 0,
    first_person_responses INTEGER NOT NULL DEFAULT 0,
    first_person_millis INTEGER NOT NULL DEFAULT 0,
    resolution_millis INTEGER NOT NULL DEFAULT 0,
    messages_decided INTEGER NOT NULL DEFAULT 0,
    messages_answered INTEGER NOT NULL DEFAULT 0,
    messages_unknown INTEGER NOT NULL DEFAULT 0,
    auto_reply_triggered INTEGER NOT NULL DEFAULT 0,
    auto_reply_failed INTEGER NOT NULL DEFAULT 0,
    csat_answers INTEGER NOT NULL DEFAULT 0,
    csat_total INTEGER NOT NULL DEFAULT 0,
    cs_online_count INTEGER NOT NULL DEFAULT 0,
    cs_at_work_count INTEGER NOT NULL DEFAULT 0,
    average_response_time_seconds INTEGER AS (CAST(ROUND(
        (rule_response_millis + person_response_millis) / 1000.0 / NULLIF(rule_responses + person_responses, 0))
        AS INTEGER)),
    average_resolution_time_minutes INTEGER AS (CAST(ROUND(
        resolution_millis / 60000.0 / NULLIF(resolved_conversations, 0)) AS INTEGER)),
    first_response_time_seconds INTEGER AS (CAST(ROUND(
        (first_response_millis_open + first_response_millis_closed) / 1000.0
        / NULLIF(first_responses_open + first_responses_closed, 0)) AS INTEGER)),
    auto_reply_success_rate REAL AS (ROUND(
        100.0 * auto_reply_triggered / NULLIF(auto_reply_triggered + auto_reply_failed, 0), 2)),
    cs_utilization_rate REAL AS (ROUND(100.0 * cs_at_work_count / NULLIF(cs_online_count, 0), 2))
);
CREATE UNIQUE INDEX analytics_of_hour ON chat_analytics (tenant_id, date, COALESCE(hour, -1));
CREATE INDEX analytics_of_day ON chat_analytics (tenant_id, date) WHERE hour IS NULL;

CREATE TABLE rule_analytics (
    tenant_id TEXT NOT NULL,
    date TEXT NOT NULL,
    rule_id TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    fired INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    alone INTEGER NOT NULL,
    by_person INTEGER NOT NULL,
    unknown_next INTEGER NOT NULL,
    micros INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, date, rule_id, reason)
) WITHOUT ROWID;

-- chats: in how many conversations the person wrote that day; online_millis: how long they were there.
CREATE TABLE operator_analytics (
    tenant_id TEXT NOT NULL,
    date TEXT NOT NULL,
    operator TEXT NOT NULL,
    chats INTEGER NOT NULL,
    messages INTEGER NOT NULL,
    responses INTEGER NOT NULL,
    response_millis INTEGER NOT NULL,
    first_responses INTEGER NOT NULL,
    first_millis INTEGER NOT NULL,
    settled INTEGER NOT NULL,
    settled_millis INTEGER NOT NULL,
    csat_answers INTEGER NOT NULL,
    csat_total INTEGER NOT NULL,
    online_millis INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, date, operator)
) WITHOUT ROWID;

CREATE TRIGGER analytics_message AFTER INSERT ON messages
BEGIN
    INSERT INTO analytics_dirty VALUES (NEW.tenant_id, NEW.conversation_id) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER analytics_message_changed AFTER UPDATE OF status, sent_at, conversation_id, sender_id ON messages
WHEN OLD.status <> NEW.status OR OLD.sent_at IS NOT NEW.sent_at OR OLD.conversation_id <> NEW.conversation_id
    OR OLD.sender_id <> NEW.sender_id
BEGIN
    INSERT INTO analytics_dirty VALUES (NEW.tenant_id, NEW.conversation_id) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER analytics_message_moved AFTER UPDATE OF conversation_id ON messages
WHEN OLD.conversation_id <> NEW.conversation_id
BEGIN
    INSERT INTO analytics_dirty VALUES (OLD.tenant_id, OLD.conversation_id) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER analytics_message_gone AFTER DELETE ON messages
WHEN COALESCE(OLD.sent_at, OLD.created_at) >= COALESCE((SELECT closed_until FROM analytics_state
    WHERE tenant_id = OLD.tenant_id), 0)
BEGIN
    INSERT INTO analytics_dirty VALUES (OLD.tenant_id, OLD.conversation_id) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER analytics_log AFTER INSERT ON auto_reply_logs WHEN NEW.conversation_id IS NOT NULL
BEGIN
    INSERT INTO analytics_dirty VALUES (NEW.tenant_id, NEW.conversation_id) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER analytics_log_gone AFTER DELETE ON auto_reply_logs
WHEN OLD.conversation_id IS NOT NULL AND OLD.triggered_at >= COALESCE((SELECT closed_until FROM analytics_state
    WHERE tenant_id = OLD.tenant_id), 0)
BEGIN
    INSERT INTO analytics_dirty VALUES (OLD.tenant_id, OLD.conversation_id) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER analytics_status AFTER UPDATE OF status ON conversations WHEN OLD.status <> NEW.status
BEGIN
    INSERT INTO conversation_statuses VALUES (NEW.tenant_id, NEW.id, NEW.updated_at, NEW.status,
        COALESCE((SELECT email FROM operators WHERE id = COALESCE(NEW.operator_id, OLD.operator_id)), ''));
    INSERT INTO analytics_dirty VALUES (NEW.tenant_id, NEW.id) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER analytics_conversation_gone AFTER DELETE ON conversations
BEGIN
    DELETE FROM conversation_statuses WHERE conversation_id = OLD.id;
    INSERT INTO analytics_dirty VALUES (OLD.tenant_id, OLD.id) ON CONFLICT DO NOTHING;
END;

-- Two chats become one, also where nothing is left of what was said in the other.
CREATE TRIGGER analytics_status_moved AFTER UPDATE OF conversation_id ON conversation_statuses
WHEN OLD.conversation_id <> NEW.conversation_id
BEGIN
    INSERT INTO analytics_dirty VALUES (NEW.tenant_id, NEW.conversation_id) ON CONFLICT DO NOTHING;
END;

-- A customer turns out to have been one for longer.
CREATE TRIGGER analytics_first_contact AFTER UPDATE OF first_contact_at ON contacts
WHEN OLD.first_contact_at <> NEW.first_contact_at
BEGIN
    INSERT INTO analytics_dirty SELECT tenant_id, id FROM conversations WHERE contact_id = NEW.id
    ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER analytics_csat AFTER UPDATE OF score, conversation_id ON csat_surveys
WHEN OLD.score IS NOT NEW.score OR OLD.conversation_id <> NEW.conversation_id
BEGIN
    INSERT INTO analytics_dirty VALUES (NEW.tenant_id, NEW.conversation_id) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER analytics_operator_added AFTER INSERT ON operators
BEGIN
    INSERT INTO operator_statuses VALUES (NEW.tenant_id, NEW.email, NEW.updated_at, NEW.status);
END;

CREATE TRIGGER analytics_operator AFTER UPDATE OF status ON operators WHEN OLD.status <> NEW.status
BEGIN
    INSERT INTO operator_statuses VALUES (NEW.tenant_id, NEW.email, NEW.updated_at, NEW.status);
END;

-- Whoever is removed was there until they were seen last. Their customers' marks are nobody's from now on.
CREATE TRIGGER analytics_operator_gone AFTER DELETE ON operators
BEGIN
    INSERT INTO operator_statuses VALUES (OLD.tenant_id, OLD.email,
        MAX(OLD.updated_at, COALESCE(OLD.last_seen_at, 0)), 'offline');
    -- That may be before what is known of who was there.
    UPDATE analytics_state SET presence_until = MAX(closed_until,
        MIN(presence_until, MAX(OLD.updated_at, COALESCE(OLD.last_seen_at, 0)))) WHERE tenant_id = OLD.tenant_id;
    INSERT INTO analytics_dirty SELECT tenant_id, conversation_id FROM csat_surveys WHERE operator_id = OLD.id
    ON CONFLICT DO NOTHING;
END;

-- What a store of before holds already. When its conversations were settled before the last time, nobody knows any more.
INSERT INTO conversation_statuses (tenant_id, conversation_id, at, status, operator)
SELECT tenant_id, id, resolved_at, status, COALESCE((SELECT email FROM operators WHERE id = operator_id), '')
FROM conversations WHERE resolved_at IS NOT NULL AND status IN ('resolved', 'closed');
INSERT INTO operator_statuses (tenant_id, operator, at, status) SELECT tenant_id, email, updated_at, status FROM operators;
INSERT INTO analytics_dirty (tenant_id, conversation_id) SELECT tenant_id, id FROM conversations;
