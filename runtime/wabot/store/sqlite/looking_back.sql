-- What happened in a span of time: from :since on, before :until. Messages that count are customers', and ours that went
-- out; none of a phone's history. A moment on the tenant's clock is the UTC moment and an offset, which may turn twice.

-- shared: local
(created_at + CASE WHEN created_at < :turn THEN :offset WHEN created_at < :turn_again THEN :offset_then
    ELSE :offset_last END)

-- shared: message_counts
is_imported = 0 AND (sender_type = 'customer' OR status IN ('sent', 'delivered', 'read'))

-- name: span_totals
SELECT
    COUNT(*) AS messages,
    COUNT(DISTINCT conversation_id) AS conversations,
    COALESCE(SUM(sender_type = 'customer'), 0) AS asked,
    COUNT(DISTINCT CASE WHEN sender_type = 'customer' THEN conversation_id END) AS customers
FROM messages
WHERE tenant_id = :tenant AND created_at >= :since AND created_at < :until
    AND {message_counts};

-- name: span_days
SELECT {local} / 86400000 AS day,
    COUNT(*) AS messages, COUNT(DISTINCT conversation_id) AS conversations
FROM messages
WHERE tenant_id = :tenant AND created_at >= :since AND created_at < :until
    AND {message_counts}
GROUP BY day ORDER BY day;

-- name: span_hours
-- A conversation counts once an hour of a day in which its customer wrote.
SELECT local / 3600000 % 24 AS hour, COUNT(*) AS conversations, SUM(messages) AS messages FROM (
    SELECT conversation_id, COUNT(*) AS messages, MIN({local}) AS local
    FROM messages
    WHERE tenant_id = :tenant AND created_at >= :since AND created_at < :until
        AND is_imported = 0 AND sender_type = 'customer'
    GROUP BY conversation_id, {local} / 3600000)
GROUP BY hour ORDER BY hour;

-- name: span_statuses
-- How the conversations of the span stand now.
SELECT status, COUNT(*) AS number FROM conversations
WHERE +tenant_id = :tenant AND id IN (
    SELECT conversation_id FROM messages
    WHERE tenant_id = :tenant AND created_at >= :since AND created_at < :until
        AND {message_counts})
GROUP BY status ORDER BY status;

-- name: span_waits
-- A question begins with a customer's message after none or one of ours, and waits for the next one of ours. Of two
-- messages of one moment the customer's was first: a rule's reply bears the moment of what it answers.
WITH said AS (
    SELECT id, conversation_id, created_at, sender_type = 'customer' AS asks, sender_type,
        COALESCE(sent_at, delivered_at, read_at, created_at) AS at,
        LAG(sender_type = 'customer') OVER chat AS before
    FROM messages
    WHERE tenant_id = :tenant AND created_at >= :since AND created_at < :until
        AND {message_counts}
    WINDOW chat AS (PARTITION BY conversation_id ORDER BY created_at, sender_type <> 'customer', id)
), turns AS (
    SELECT asks, {local} AS local, at, LEAD(at) OVER chat AS answered, LEAD(id) OVER chat AS answer,
        LEAD(sender_type) OVER chat AS sender
    FROM said WHERE before IS NULL OR before <> asks
    WINDOW chat AS (PARTITION BY conversation_id ORDER BY created_at, NOT asks, id)
)
SELECT turns.local / 86400000 AS day, turns.sender, COALESCE(outbox.operator, '') AS operator, COUNT(*) AS number,
    SUM(MAX(turns.answered - turns.at, 0)) AS millis
FROM turns LEFT JOIN outbox ON outbox.id = turns.answer AND outbox.tenant_id = :tenant AND outbox.kind = 'person'
WHERE turns.asks AND turns.answer IS NOT NULL
GROUP BY day, turns.sender, COALESCE(outbox.operator, '') ORDER BY day;

-- name: span_settled
-- What was settled and has not been opened again, and how long it took: from the customer's message that began the
-- conversation (:gap after the one before it), or opened it again.
WITH settled AS (
    SELECT id, operator_id, resolved_at, COALESCE(reopened_at, 0) AS reopened_at, created_at FROM conversations
    WHERE +tenant_id = :tenant AND resolved_at >= :since AND resolved_at < :until
), said AS (
    SELECT messages.conversation_id, messages.sender_type, messages.created_at AS at,
        LAG(messages.created_at) OVER (PARTITION BY messages.conversation_id
            ORDER BY messages.created_at, messages.sender_type <> 'customer', messages.id) AS before
    FROM settled JOIN messages ON messages.conversation_id = settled.id
    WHERE messages.created_at <= settled.resolved_at AND messages.is_imported = 0
        AND (messages.sender_type = 'customer' OR messages.status IN ('sent', 'delivered', 'read'))
), began AS (
    SELECT conversation_id, MAX(at) AS at FROM said
    WHERE sender_type = 'customer' AND (before IS NULL OR at - before > :gap) GROUP BY conversation_id
)
SELECT COALESCE(settled.operator_id, '') AS operator, COUNT(*) AS number,
    SUM(MAX(settled.resolved_at - MAX(COALESCE(began.at, settled.created_at), settled.reopened_at), 0)) AS millis
FROM settled LEFT JOIN began ON began.conversation_id = settled.id
GROUP BY operator ORDER BY operator;

-- name: span_people
-- What people wrote through wabot, and in how many chats.
SELECT operator, COUNT(*) AS messages, COUNT(DISTINCT conversation_id) AS conversations FROM outbox
WHERE tenant_id = :tenant AND kind = 'person' AND created_at >= :since AND created_at < :until
    AND status IN ('sent', 'delivered', 'read')
GROUP BY operator ORDER BY operator;

-- name: span_answered
-- Customers' messages that rules answered.
SELECT COUNT(DISTINCT message_id) AS number FROM auto_reply_logs
WHERE tenant_id = :tenant AND triggered_at >= :since AND triggered_at < :until AND rule_id IS NOT NULL AND success;

-- name: span_rules
SELECT rule_id, SUM(success) AS triggered, SUM(NOT success) AS failed, MAX(triggered_at) AS last,
    AVG(execution_micros) AS micros
FROM auto_reply_logs
WHERE tenant_id = :tenant AND triggered_at >= :since AND triggered_at < :until AND rule_id IS NOT NULL
GROUP BY rule_id ORDER BY triggered DESC, rule_id;

-- name: span_rule_days
SELECT (triggered_at + CASE WHEN triggered_at < :turn THEN :offset WHEN triggered_at < :turn_again THEN :offset_then
        ELSE :offset_last END) / 86400000 AS day, COUNT(*) AS triggered
FROM auto_reply_logs
WHERE tenant_id = :tenant AND triggered_at >= :since AND triggered_at < :until AND rule_id IS NOT NULL AND success
GROUP BY day ORDER BY day;

-- name: span_silences
-- Why no rule answered.
SELECT reason, COUNT(*) AS number FROM auto_reply_logs
WHERE tenant_id = :tenant AND triggered_at >= :since AND triggered_at < :until AND rule_id IS NULL
    AND reason NOT IN ('from_me', 'own_number')
GROUP BY reason ORDER BY number DESC, reason;
