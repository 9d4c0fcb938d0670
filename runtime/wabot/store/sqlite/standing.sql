-- What the sums do not tell of a period: how its chats stand now, and in how many chats customers wrote in each hour of
-- the week. Days from :first to :last ("2026-01-31"), hours from :since on, before :until.

-- name: standing_statuses
SELECT status, COUNT(*) AS number FROM conversations
WHERE +tenant_id = :tenant AND id IN (
    SELECT conversation_id FROM analytics_hours
    WHERE tenant_id = :tenant AND hour >= :since AND hour < :until
        AND from_customer + from_people + from_rules + from_system > 0)
GROUP BY status;

-- name: standing_week
-- A chat counts once an hour of a day. Monday is 0.
SELECT (CAST(strftime('%w', date) AS INTEGER) + 6) % 7 AS weekday, hour,
    SUM(active_conversations) AS chats, SUM(messages_from_customers) AS messages
FROM chat_analytics
WHERE tenant_id = :tenant AND hour IS NOT NULL AND date BETWEEN :first AND :last
GROUP BY weekday, hour;
