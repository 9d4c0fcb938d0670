-- What the sums do not tell of a period: how its chats stand now. Hours from :since on, before :until.

-- name: standing_statuses
SELECT status, COUNT(*) AS number FROM conversations
WHERE +tenant_id = :tenant AND id IN (
    SELECT conversation_id FROM analytics_hours
    WHERE tenant_id = :tenant AND hour >= :since AND hour < :until
        AND from_customer + from_people + from_rules + from_system > 0)
GROUP BY status;
