-- What `wabot analytics export` writes, from :since on, before :until (moments), or from the day :first to the day :last.
-- The columns are those of analytics/export/tables.py, by name and order. Tables that grow are read along an index that
-- has their order, with no sort that would hold them: ties are in the order of storing.

-- shared: export_moment
COALESCE(messages.sent_at, messages.created_at)

-- name: export_messages
SELECT
    messages.id, {export_moment} AS date, {export_moment} AS hour, {export_moment} AS at,
    messages.conversation_id, conversations.contact_id,
    contacts.phone AS customer_phone, contacts.lid AS customer_lid, contacts.name AS customer_name,
    messages.sender_type, messages.sender_id, messages.sender_name, messages.message_type, messages.content,
    messages.status, messages.error_message, COALESCE(outbox.rule_id, '') AS rule_id,
    messages.created_at, messages.sent_at, messages.delivered_at, messages.read_at, messages.edited_at,
    messages.revoked_at, messages.is_forwarded, messages.is_imported,
    messages.media_mime_type, messages.media_file, messages.media_size,
    COALESCE(messages.wa_message_id, '') AS wa_message_id, messages.quoted_message_id
FROM messages
CROSS JOIN conversations ON conversations.id = messages.conversation_id
CROSS JOIN contacts ON contacts.id = conversations.contact_id
LEFT JOIN outbox ON outbox.id = messages.id AND messages.sender_type = 'auto_reply'
WHERE +messages.tenant_id = :tenant AND {export_moment} >= :since AND {export_moment} < :until
ORDER BY messages.created_at, messages.rowid;

-- name: export_messages_count
SELECT COUNT(*) AS number FROM messages
WHERE tenant_id = :tenant AND {export_moment} >= :since AND {export_moment} < :until;

-- name: export_conversations
-- Those in which anything was said in the span, as far as their first and last moments tell.
SELECT
    conversations.id, conversations.contact_id,
    contacts.phone AS customer_phone, contacts.lid AS customer_lid, contacts.name AS customer_name,
    conversations.status, conversations.priority, conversations.category, conversations.tags,
    conversations.total_messages, conversations.customer_messages, conversations.unread_count, conversations.reopened,
    COALESCE(operators.email, '') AS operator, conversations.assigned_to AS waits_for,
    conversations.created_at, conversations.last_customer_at, conversations.last_message_at,
    conversations.waiting_since, conversations.assigned_at, conversations.answered_at, conversations.resolved_at,
    conversations.last_message_from, conversations.last_message_content, conversations.internal_notes
FROM conversations
CROSS JOIN contacts ON contacts.id = conversations.contact_id
LEFT JOIN operators ON operators.id = conversations.operator_id
WHERE conversations.tenant_id = :tenant AND conversations.created_at < :until
    AND COALESCE(conversations.last_message_at, conversations.created_at) >= :since
ORDER BY conversations.created_at, conversations.status;

-- name: export_conversations_count
SELECT COUNT(*) AS number FROM conversations
WHERE tenant_id = :tenant AND created_at < :until AND COALESCE(last_message_at, created_at) >= :since;

-- name: export_contacts
SELECT
    id, phone, lid, name, email, address, notes, customer_id, tags,
    CASE WHEN segment_manual <> '' THEN segment_manual ELSE segment END AS segment,
    total_messages_received, total_messages_sent, total_conversations, total_orders, total_spent,
    last_order_at, first_contact_at, last_contact_at, is_blocked, blocked_at, blocked_reason
FROM contacts
WHERE tenant_id = :tenant AND first_contact_at < :until AND last_contact_at >= :since
ORDER BY first_contact_at, id;

-- name: export_contacts_count
SELECT COUNT(*) AS number FROM contacts
WHERE tenant_id = :tenant AND first_contact_at < :until AND last_contact_at >= :since;

-- name: export_rules
SELECT date, rule_id, reason, fired, failed, alone, by_person, unknown_next, micros, last_at FROM rule_analytics
WHERE tenant_id = :tenant AND date >= :first AND date <= :last
ORDER BY date, rule_id, reason;

-- name: export_rules_count
SELECT COUNT(*) AS number FROM rule_analytics WHERE tenant_id = :tenant AND date >= :first AND date <= :last;

-- shared: export_sums
    total_conversations, new_conversations, active_conversations, resolved_conversations, bot_only_conversations,
    handed_over_conversations, total_messages, messages_from_customers, messages_from_cs, messages_auto_reply,
    messages_system, messages_failed, messages_delivered, messages_read, unique_customers, new_customers,
    first_response_time_seconds, average_response_time_seconds, average_resolution_time_minutes,
    auto_reply_triggered, auto_reply_failed, auto_reply_success_rate, cs_online_count, cs_at_work_count,
    cs_utilization_rate, questions, rule_responses, rule_response_millis, person_responses, person_response_millis,
    first_responses_open, first_response_millis_open, first_responses_closed, first_response_millis_closed,
    first_person_responses, first_person_millis, resolution_millis, messages_decided, messages_answered,
    messages_unknown, csat_answers, csat_total

-- name: export_hourly
SELECT date, hour, {export_sums} FROM chat_analytics
WHERE tenant_id = :tenant AND date >= :first AND date <= :last AND hour IS NOT NULL
ORDER BY date, COALESCE(hour, -1);

-- name: export_hourly_count
SELECT COUNT(*) AS number FROM chat_analytics
WHERE tenant_id = :tenant AND date >= :first AND date <= :last AND hour IS NOT NULL;

-- name: export_daily
SELECT date, {export_sums} FROM chat_analytics
WHERE tenant_id = :tenant AND date >= :first AND date <= :last AND hour IS NULL
ORDER BY date;

-- name: export_daily_count
SELECT COUNT(*) AS number FROM chat_analytics
WHERE tenant_id = :tenant AND date >= :first AND date <= :last AND hour IS NULL;

-- name: export_operators
SELECT date, operator, chats, messages, responses, response_millis, first_responses, first_millis, settled,
    settled_millis, csat_answers, csat_total, online_millis
FROM operator_analytics
WHERE tenant_id = :tenant AND date >= :first AND date <= :last
ORDER BY date, operator;

-- name: export_operators_count
SELECT COUNT(*) AS number FROM operator_analytics WHERE tenant_id = :tenant AND date >= :first AND date <= :last;

-- name: export_stored
-- The first and the last message that is stored; two statements, for each reads one end of an index.
SELECT (SELECT MIN(created_at) FROM messages) AS first, (SELECT MAX(created_at) FROM messages) AS last;
