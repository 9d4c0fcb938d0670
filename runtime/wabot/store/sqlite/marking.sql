-- Which messages turn blue when a reply went out.

-- name: outbox_answers
-- The one that the reply was made for, and what the customer went on to say that asked for the same. A turn's replies and
-- log have its time.
SELECT messages.wa_message_id AS id FROM outbox
JOIN conversations ON conversations.id = outbox.conversation_id
JOIN auto_reply_logs ON auto_reply_logs.conversation_id = outbox.conversation_id
    AND auto_reply_logs.triggered_at >= outbox.created_at
JOIN messages ON messages.id = auto_reply_logs.message_id
WHERE outbox.id = :id AND outbox.tenant_id = :tenant AND conversations.status <> 'pending'
    AND messages.sender_type = 'customer' AND messages.wa_message_id IS NOT NULL
    AND (auto_reply_logs.reason = 'same_burst'
        OR (auto_reply_logs.triggered_at = outbox.created_at AND auto_reply_logs.rule_id = outbox.rule_id))
ORDER BY auto_reply_logs.triggered_at, auto_reply_logs.id;
