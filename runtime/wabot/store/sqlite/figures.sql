-- Figures of a period, read from the sums: days from :first to :last ("2026-01-31"), hours from :since on, before :until.

-- name: figures_known
-- Up to when everything is counted, on which clock, and from which day to which.
SELECT
    (SELECT zone FROM analytics_state WHERE tenant_id = :tenant) AS zone,
    (SELECT aggregated_at FROM analytics_state WHERE tenant_id = :tenant) AS aggregated_at,
    (SELECT MIN(date) FROM chat_analytics WHERE tenant_id = :tenant AND hour IS NULL) AS first,
    (SELECT MAX(date) FROM chat_analytics WHERE tenant_id = :tenant AND hour IS NULL) AS last;

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
    SUM(rule_response_millis + person_response_millis) AS millis
FROM chat_analytics
WHERE tenant_id = :tenant AND hour IS NOT NULL AND date BETWEEN :first AND :last
GROUP BY weekday, hour;
