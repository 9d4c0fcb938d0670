-- name: last_message_at
SELECT last_message_at FROM conversations WHERE tenant_id = :tenant ORDER BY last_message_at DESC LIMIT 1;
