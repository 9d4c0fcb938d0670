-- Figures of a period, read from the sums: days from :first to :last ("2026-01-31"), hours from :since on, before :until.

-- name: figures_known
-- Up to when everything is counted, on which clock, and from which day to which anybody wrote.
SELECT
    (SELECT zone FROM analytics_state WHERE tenant_id = :tenant) AS zone,
    (SELECT aggregated_at FROM analytics_state WHERE tenant_id = :tenant) AS aggregated_at,
    (SELECT date FROM chat_analytics WHERE tenant_id = :tenant AND hour IS NULL AND total_messages > 0
        ORDER BY date LIMIT 1) AS first,
    (SELECT date FROM chat_analytics WHERE tenant_id = :tenant AND hour IS NULL AND total_messages > 0
        ORDER BY date DESC LIMIT 1) AS last;

-- name: figures_days
-- In the order of wabot.analytics.overview.Figures, after the day.
SELECT
    date,
    new_conversations, total_conversations, resolved_conversations, bot_only_conversations, handed_over_conversations,
    total_messages, messages_from_customers, messages_from_cs, messages_auto_reply, messages_system,
    messages_failed, messages_delivered, messages_read,
    unique_customers, new_customers,
    questions, rule_responses, rule_response_millis, person_responses, person_response_millis,
    first_responses_open, first_response_millis_open, first_responses_closed, first_response_millis_closed,
    first_person_responses, first_person_millis, resolution_millis,
    messages_decided, messages_answered, messages_unknown, auto_reply_triggered, auto_reply_failed,
    csat_answers, csat_total, cs_online_count, cs_at_work_count
FROM chat_analytics
WHERE tenant_id = :tenant AND hour IS NULL AND date BETWEEN :first AND :last;

-- name: figures_chats
-- Chats in which anybody wrote, and in which the customer did.
SELECT COUNT(*) AS chats, COALESCE(SUM(asked), 0) AS unique_customers FROM (
    SELECT MAX(from_customer > 0) AS asked FROM analytics_hours
    WHERE tenant_id = :tenant AND hour >= :since AND hour < :until
        AND from_customer + from_people + from_rules + from_system > 0
    GROUP BY conversation_id);

-- name: figures_week
-- Monday is 0.
SELECT
    (CAST(strftime('%w', date) AS INTEGER) + 6) % 7 AS weekday, hour,
    SUM(messages_from_customers) AS messages, SUM(questions) AS questions,
    SUM(rule_responses + person_responses) AS responses,
    SUM(rule_response_millis + person_response_millis) AS millis, SUM(active_conversations) AS chats
FROM chat_analytics
WHERE tenant_id = :tenant AND hour IS NOT NULL AND date BETWEEN :first AND :last
GROUP BY weekday, hour;

-- name: figures_people
-- Whoever did anything, and whoever is one of the shop's people, by e-mail; chats of the period count once.
WITH sums AS (
    SELECT operator, SUM(messages) AS messages, SUM(responses) AS responses, SUM(response_millis) AS response_millis,
        SUM(first_responses) AS first_responses, SUM(first_millis) AS first_millis, SUM(settled) AS settled,
        SUM(settled_millis) AS settled_millis, SUM(csat_answers) AS csat_answers, SUM(csat_total) AS csat_total,
        SUM(online_millis) AS online_millis
    FROM operator_analytics WHERE tenant_id = :tenant AND date BETWEEN :first AND :last GROUP BY operator
), chats AS (
    SELECT operator, COUNT(DISTINCT conversation_id) AS chats FROM analytics_people
    WHERE tenant_id = :tenant AND hour >= :since AND hour < :until AND messages > 0 GROUP BY operator
), everybody AS (
    SELECT email AS operator, name, disabled_at IS NOT NULL AS disabled FROM operators WHERE tenant_id = :tenant
    UNION ALL
    SELECT operator, '', 0 FROM sums
    WHERE operator NOT IN (SELECT email FROM operators WHERE tenant_id = :tenant)
)
SELECT everybody.operator, everybody.name, everybody.disabled, COALESCE(chats.chats, 0), COALESCE(messages, 0),
    COALESCE(responses, 0), COALESCE(response_millis, 0), COALESCE(first_responses, 0), COALESCE(first_millis, 0),
    COALESCE(settled, 0), COALESCE(settled_millis, 0), COALESCE(csat_answers, 0), COALESCE(csat_total, 0),
    COALESCE(online_millis, 0)
FROM everybody LEFT JOIN sums ON sums.operator = everybody.operator
    LEFT JOIN chats ON chats.operator = everybody.operator
ORDER BY chats.chats DESC, messages DESC, everybody.operator;

-- shared: wrote
SELECT conversation_id, SUM(from_customer) AS messages, MAX(hour) AS hour FROM analytics_hours
WHERE tenant_id = :tenant AND hour >= :since AND hour < :until AND from_customer > 0 GROUP BY conversation_id

-- shared: their_segment
CASE WHEN contacts.segment_manual <> '' THEN contacts.segment_manual
    WHEN contacts.last_contact_at < :inactive_before THEN 'inactive'
    WHEN contacts.segment = '' THEN 'new' ELSE contacts.segment END

-- name: figures_segments
SELECT {their_segment} AS segment, COUNT(DISTINCT contacts.id) AS number, SUM(wrote.messages) AS messages
FROM ({wrote}) AS wrote JOIN conversations ON conversations.id = wrote.conversation_id
    JOIN contacts ON contacts.id = conversations.contact_id
GROUP BY 1 ORDER BY number DESC, segment;

-- name: figures_tags
SELECT contact_tags.tag, COUNT(DISTINCT contact_tags.contact_id) AS number, SUM(wrote.messages) AS messages
FROM ({wrote}) AS wrote JOIN conversations ON conversations.id = wrote.conversation_id
    JOIN contact_tags ON contact_tags.contact_id = conversations.contact_id
GROUP BY contact_tags.tag ORDER BY number DESC, contact_tags.tag LIMIT :most;

-- name: figures_most_active
SELECT conversations.chat, contacts.name, contacts.phone, {their_segment} AS segment, wrote.messages, wrote.hour / 24 AS day
FROM ({wrote}) AS wrote JOIN conversations ON conversations.id = wrote.conversation_id
    JOIN contacts ON contacts.id = conversations.contact_id
ORDER BY wrote.messages DESC, wrote.hour DESC, conversations.chat LIMIT :most;

-- name: figures_menu_steps
-- What the rules of menus (:rules) answered, chat by chat, and by what outcome.
SELECT conversation_id, triggered_at, rule_id, (
        SELECT json_extract(value, '$.outcome')
        FROM json_each(CASE WHEN json_type(trace) = 'array' THEN trace ELSE '[]' END)
        WHERE json_extract(value, '$.rule') = rule_id LIMIT 1) AS outcome
FROM auto_reply_logs
WHERE tenant_id = :tenant AND rule_id IN (SELECT value FROM json_each(:rules)) AND success
    AND triggered_at >= :since AND triggered_at < :until
ORDER BY conversation_id, triggered_at, id;
