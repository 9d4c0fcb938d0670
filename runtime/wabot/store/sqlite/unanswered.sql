-- What customers wrote that no rule knew.

-- name: unanswered
-- Nobody answered, or only what answers anything: a fallback, or a menu in which nothing was chosen. Of one that a limit
-- held back, the trace tells whether it was a fallback; :fallbacks are those of today. Messages are decided within a day.
SELECT said.id, said.conversation_id, COALESCE(said.sent_at, said.created_at) AS at, said.message_type AS type,
    said.content AS text, log.reason, instr(log.trace, '"menu:') > 0 AS in_menu,
    CASE WHEN log.reason IN ('cooldown', 'daily_cap') THEN log.trace ELSE '' END AS trace
FROM auto_reply_logs AS log JOIN messages AS said ON said.id = log.message_id
WHERE +log.tenant_id = :tenant AND log.triggered_at >= :since - 86400000 AND log.triggered_at < :until + 86400000
    AND (log.reason IN ('no_match', 'cooldown', 'daily_cap')
        OR (log.reason IN ('answered', 'same_burst') AND log.matched_keyword = ''
            AND (log.rule_id IN (SELECT value FROM json_each(:fallbacks)) OR instr(log.trace, '"matched:fallback"')
                OR instr(log.trace, '"menu:invalid"') OR instr(log.trace, '"menu:give_up"'))))
    AND COALESCE(said.sent_at, said.created_at) >= :since AND COALESCE(said.sent_at, said.created_at) < :until
    AND said.sender_type = 'customer' AND said.revoked_at IS NULL;
