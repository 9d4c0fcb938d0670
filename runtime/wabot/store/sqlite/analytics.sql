-- What chats add up to, kept up to date. The figures are defined in docs/analytics.md.

-- name: analytics_state
SELECT * FROM analytics_state WHERE tenant_id = :tenant;

-- name: analytics_began
INSERT INTO analytics_state (tenant_id) VALUES (:tenant) ON CONFLICT (tenant_id) DO NOTHING;

-- name: analytics_zone
UPDATE analytics_state SET zone = :zone, closed_until = :closed_until, presence_until = :closed_until
WHERE tenant_id = :tenant;

-- name: analytics_closed
UPDATE analytics_state SET closed_before = :day, closed_until = :until, presence_until = MAX(presence_until, :until)
WHERE tenant_id = :tenant AND closed_before < :day;

-- name: analytics_done
UPDATE analytics_state SET aggregated_at = :at WHERE tenant_id = :tenant;

-- name: analytics_anew
UPDATE analytics_state SET zone = '' WHERE tenant_id = :tenant;

-- name: analytics_dirty
SELECT conversation_id FROM analytics_dirty WHERE tenant_id = :tenant LIMIT :most;

-- name: analytics_dirty_count
SELECT COUNT(*) AS number FROM analytics_dirty WHERE tenant_id = :tenant;

-- name: analytics_clean
DELETE FROM analytics_dirty WHERE tenant_id = :tenant AND conversation_id = :conversation;

-- name: analytics_all_dirty
-- Also what is counted of conversations that are gone.
INSERT INTO analytics_dirty (tenant_id, conversation_id)
SELECT :tenant, id FROM (
    SELECT id FROM conversations WHERE tenant_id = :tenant
    UNION SELECT conversation_id FROM analytics_episodes WHERE tenant_id = :tenant
    UNION SELECT conversation_id FROM analytics_hours WHERE tenant_id = :tenant
    UNION SELECT conversation_id FROM analytics_rules WHERE tenant_id = :tenant
    UNION SELECT conversation_id FROM analytics_people WHERE tenant_id = :tenant)
WHERE true ON CONFLICT DO NOTHING;

-- name: analytics_all_stale
INSERT INTO analytics_stale (tenant_id, day)
SELECT DISTINCT :tenant, CAST(strftime('%s', date) AS INTEGER) / 86400 FROM (
    SELECT date FROM chat_analytics WHERE tenant_id = :tenant AND hour IS NULL
    UNION SELECT date FROM rule_analytics WHERE tenant_id = :tenant
    UNION SELECT date FROM operator_analytics WHERE tenant_id = :tenant)
WHERE true ON CONFLICT DO NOTHING;

-- name: analytics_straddling
-- Conversations that went on as a day was closed: counted anew, as they will be from now on.
INSERT INTO analytics_dirty (tenant_id, conversation_id)
SELECT DISTINCT tenant_id, conversation_id FROM analytics_episodes
WHERE tenant_id = :tenant AND began_at < :until AND (last_at >= :until OR settled_at >= :until)
ON CONFLICT DO NOTHING;

-- name: analytics_messages
-- What a rule sends at a time (a follow-up, the question after a settled chat) has a sender of its own: it answers nobody.
SELECT COALESCE(sent_at, created_at) AS at, id, created_at,
    CASE WHEN sender_type = 'auto_reply' AND EXISTS (SELECT 1 FROM follow_ups WHERE follow_ups.id = messages.id)
        THEN 'later' ELSE sender_type END AS sender,
    sender_id, status
FROM messages
WHERE tenant_id = :tenant AND conversation_id = :conversation AND is_imported = 0;

-- name: analytics_logs
SELECT message_id, COALESCE(rule_id, '') AS rule_id, reason, success, execution_micros, triggered_at, in_hours
FROM auto_reply_logs WHERE tenant_id = :tenant AND conversation_id = :conversation AND message_id IS NOT NULL
ORDER BY triggered_at, id;

-- name: analytics_statuses
SELECT at, status, operator FROM conversation_statuses
WHERE tenant_id = :tenant AND conversation_id = :conversation ORDER BY at, rowid;

-- name: statuses_move
-- Two chats become one: what was settled in either was.
UPDATE conversation_statuses SET conversation_id = :kept WHERE tenant_id = :tenant AND conversation_id = :gone;

-- name: analytics_marks
SELECT answered_at, COALESCE((SELECT email FROM operators WHERE id = operator_id), '') AS operator, score
FROM csat_surveys WHERE tenant_id = :tenant AND conversation_id = :conversation AND score IS NOT NULL;

-- name: analytics_first
SELECT contacts.first_contact_at FROM conversations JOIN contacts ON contacts.id = conversations.contact_id
WHERE conversations.tenant_id = :tenant AND conversations.id = :conversation;

-- name: analytics_before
SELECT * FROM analytics_episodes
WHERE tenant_id = :tenant AND conversation_id = :conversation AND began_at < :closed ORDER BY began_at DESC LIMIT 1;

-- name: analytics_presence_rows
SELECT operator, at, status FROM operator_statuses WHERE tenant_id = :tenant AND at < :until ORDER BY operator, at, rowid;

-- name: analytics_presence_drop
DELETE FROM analytics_presence WHERE tenant_id = :tenant AND hour >= :hour;

-- name: analytics_presence_add
INSERT INTO analytics_presence (tenant_id, hour, operator, online_millis) VALUES (:tenant, :hour, :operator, :millis);

-- name: analytics_presence_stale
INSERT INTO analytics_stale (tenant_id, day)
SELECT DISTINCT tenant_id, hour / 24 FROM analytics_presence WHERE tenant_id = :tenant AND hour >= :hour
ON CONFLICT DO NOTHING;

-- name: analytics_presence_known
UPDATE analytics_state SET presence_until = :until WHERE tenant_id = :tenant;

-- name: analytics_stale_days
SELECT day FROM analytics_stale WHERE tenant_id = :tenant ORDER BY day LIMIT :most;

-- name: analytics_stale_count
SELECT COUNT(*) AS number FROM analytics_stale WHERE tenant_id = :tenant;

-- name: analytics_stale_add
INSERT INTO analytics_stale (tenant_id, day) VALUES (:tenant, :day) ON CONFLICT DO NOTHING;

-- name: analytics_fresh
DELETE FROM analytics_stale WHERE tenant_id = :tenant AND day = :day;

-- shared: bucket
CASE WHEN :whole THEN -1 ELSE hour % 24 END AS bucket

-- name: sum_messages
SELECT {bucket},
    COUNT(DISTINCT CASE WHEN from_customer + from_people + from_rules + from_system > 0 THEN conversation_id END)
        AS total_conversations,
    COUNT(DISTINCT CASE WHEN from_customer > 0 THEN conversation_id END) AS active_conversations,
    COUNT(DISTINCT CASE WHEN from_customer > 0 THEN conversation_id END) AS unique_customers,
    SUM(from_customer + from_people + from_rules + from_system) AS total_messages,
    SUM(from_customer) AS messages_from_customers,
    SUM(from_people) AS messages_from_cs,
    SUM(from_rules) AS messages_auto_reply,
    SUM(from_system) AS messages_system,
    SUM(failed) AS messages_failed,
    SUM(delivered) AS messages_delivered,
    SUM(read) AS messages_read,
    SUM(questions) AS questions,
    SUM(rule_responses) AS rule_responses,
    SUM(rule_millis) AS rule_response_millis,
    SUM(person_responses) AS person_responses,
    SUM(person_millis) AS person_response_millis,
    SUM(decided) AS messages_decided,
    SUM(answered) AS messages_answered
FROM analytics_hours WHERE tenant_id = :tenant AND hour >= :first AND hour < :beyond GROUP BY bucket;

-- name: sum_begun
SELECT {bucket},
    COUNT(*) AS new_conversations,
    SUM(is_new_customer) AS new_customers,
    SUM(rule_answers > 0 AND person_messages = 0 AND is_handed_over = 0) AS bot_only_conversations,
    SUM(is_handed_over) AS handed_over_conversations,
    SUM(response_millis IS NOT NULL AND in_hours) AS first_responses_open,
    SUM(CASE WHEN in_hours THEN COALESCE(response_millis, 0) ELSE 0 END) AS first_response_millis_open,
    SUM(response_millis IS NOT NULL AND NOT in_hours) AS first_responses_closed,
    SUM(CASE WHEN in_hours THEN 0 ELSE COALESCE(response_millis, 0) END) AS first_response_millis_closed,
    SUM(person_millis IS NOT NULL) AS first_person_responses,
    SUM(COALESCE(person_millis, 0)) AS first_person_millis
FROM analytics_episodes WHERE tenant_id = :tenant AND hour >= :first AND hour < :beyond GROUP BY bucket;

-- name: sum_settled
SELECT CASE WHEN :whole THEN -1 ELSE settled_hour % 24 END AS bucket,
    COUNT(*) AS resolved_conversations, SUM(MAX(settled_at - began_at, 0)) AS resolution_millis
FROM analytics_episodes WHERE tenant_id = :tenant AND settled_hour >= :first AND settled_hour < :beyond GROUP BY bucket;

-- name: sum_rules
SELECT {bucket},
    SUM(CASE WHEN rule_id <> '' THEN fired ELSE 0 END) AS auto_reply_triggered,
    SUM(failed) AS auto_reply_failed,
    SUM(CASE WHEN rule_id = '' AND reason = 'no_match' THEN fired ELSE 0 END) AS messages_unknown
FROM analytics_rules WHERE tenant_id = :tenant AND hour >= :first AND hour < :beyond GROUP BY bucket;

-- name: sum_marks
SELECT {bucket}, SUM(csat_answers) AS csat_answers, SUM(csat_total) AS csat_total
FROM analytics_people WHERE tenant_id = :tenant AND hour >= :first AND hour < :beyond AND csat_answers > 0
GROUP BY bucket;

-- name: sum_presence
SELECT {bucket}, COUNT(DISTINCT operator) AS cs_online_count,
    COUNT(DISTINCT CASE WHEN EXISTS (SELECT 1 FROM analytics_people AS wrote
        WHERE wrote.tenant_id = :tenant AND wrote.operator = analytics_presence.operator AND wrote.messages > 0
            AND wrote.hour >= CASE WHEN :whole THEN :first ELSE analytics_presence.hour END
            AND wrote.hour <= CASE WHEN :whole THEN :beyond - 1 ELSE analytics_presence.hour END)
        THEN operator END) AS cs_at_work_count
FROM analytics_presence WHERE tenant_id = :tenant AND hour >= :first AND hour < :beyond GROUP BY bucket;

-- name: sums_drop
DELETE FROM chat_analytics WHERE tenant_id = :tenant AND date = :date;

-- name: sums_add
INSERT INTO chat_analytics (tenant_id, date, hour,
    total_conversations, new_conversations, active_conversations, resolved_conversations, bot_only_conversations,
    handed_over_conversations, total_messages, messages_from_customers, messages_from_cs, messages_auto_reply,
    messages_system, messages_failed, messages_delivered, messages_read, unique_customers, new_customers, questions,
    rule_responses, rule_response_millis, person_responses, person_response_millis, first_responses_open,
    first_response_millis_open, first_responses_closed, first_response_millis_closed, first_person_responses,
    first_person_millis, resolution_millis, messages_decided, messages_answered, messages_unknown, auto_reply_triggered,
    auto_reply_failed, csat_answers, csat_total, cs_online_count, cs_at_work_count)
VALUES (:tenant, :date, :hour,
    :total_conversations, :new_conversations, :active_conversations, :resolved_conversations, :bot_only_conversations,
    :handed_over_conversations, :total_messages, :messages_from_customers, :messages_from_cs, :messages_auto_reply,
    :messages_system, :messages_failed, :messages_delivered, :messages_read, :unique_customers, :new_customers,
    :questions, :rule_responses, :rule_response_millis, :person_responses, :person_response_millis,
    :first_responses_open, :first_response_millis_open, :first_responses_closed, :first_response_millis_closed,
    :first_person_responses, :first_person_millis, :resolution_millis, :messages_decided, :messages_answered,
    :messages_unknown, :auto_reply_triggered, :auto_reply_failed, :csat_answers, :csat_total, :cs_online_count,
    :cs_at_work_count);

-- name: rule_sums_drop
DELETE FROM rule_analytics WHERE tenant_id = :tenant AND date = :date;

-- name: operator_sums_drop
DELETE FROM operator_analytics WHERE tenant_id = :tenant AND date = :date;

-- name: rule_sums_add
INSERT INTO rule_analytics (tenant_id, date, rule_id, reason, fired, failed, alone, by_person, unknown_next, micros,
    last_at)
SELECT :tenant, :date, rule_id, reason, SUM(fired), SUM(failed), SUM(alone), SUM(by_person), SUM(unknown_next),
    SUM(micros), MAX(last_at)
FROM analytics_rules WHERE tenant_id = :tenant AND hour >= :first AND hour < :beyond GROUP BY rule_id, reason;

-- name: operator_sums_add
INSERT INTO operator_analytics (tenant_id, date, operator, chats, messages, responses, response_millis,
    first_responses, first_millis, settled, settled_millis, csat_answers, csat_total, online_millis)
SELECT :tenant, :date, operator, SUM(chats), SUM(messages), SUM(responses), SUM(response_millis),
    SUM(first_responses), SUM(first_millis), SUM(settled), SUM(settled_millis), SUM(csat_answers), SUM(csat_total),
    SUM(online_millis)
FROM (
    SELECT operator, COUNT(DISTINCT CASE WHEN messages > 0 THEN conversation_id END) AS chats,
        SUM(messages) AS messages, SUM(responses) AS responses, SUM(response_millis) AS response_millis,
        SUM(first_responses) AS first_responses, SUM(first_millis) AS first_millis, SUM(settled) AS settled,
        SUM(settled_millis) AS settled_millis, SUM(csat_answers) AS csat_answers, SUM(csat_total) AS csat_total,
        0 AS online_millis
    FROM analytics_people WHERE tenant_id = :tenant AND hour >= :first AND hour < :beyond GROUP BY operator
    UNION ALL
    SELECT operator, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, SUM(online_millis)
    FROM analytics_presence WHERE tenant_id = :tenant AND hour >= :first AND hour < :beyond GROUP BY operator)
GROUP BY operator;
