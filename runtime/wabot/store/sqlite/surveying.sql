-- What customers are asked after their chat was settled, and what they say.

-- name: survey_add
INSERT INTO csat_surveys (id, tenant_id, conversation_id, operator_id, created_at)
VALUES (:id, :tenant, :conversation, :operator, :at);

-- name: survey_last
SELECT COALESCE(answered_at, created_at) AS settled_at FROM csat_surveys WHERE tenant_id = :tenant AND conversation_id = :conversation
ORDER BY created_at DESC LIMIT 1;

-- name: survey_open
-- The question went out, nobody has answered it, and no person has written since.
SELECT csat_surveys.id, csat_surveys.operator_id FROM csat_surveys
JOIN outbox ON outbox.id = csat_surveys.id
WHERE csat_surveys.tenant_id = :tenant AND csat_surveys.conversation_id = :conversation AND score IS NULL
    AND csat_surveys.created_at > :since - 86400000 AND outbox.due_at > :since
    AND outbox.status IN ('sending', 'sent', 'delivered', 'read', 'unknown')
    AND NOT EXISTS (SELECT 1 FROM messages WHERE messages.conversation_id = :conversation
        AND messages.created_at > outbox.created_at AND messages.sender_type = 'cs')
ORDER BY csat_surveys.created_at DESC LIMIT 1;

-- name: survey_answer
UPDATE csat_surveys SET score = :score, answered_at = :at, message_id = :message
WHERE tenant_id = :tenant AND id = :id AND score IS NULL;

-- name: operator_rated
UPDATE operators SET csat_answers = csat_answers + 1, csat_total = csat_total + :score
WHERE tenant_id = :tenant AND id = :operator;

-- name: surveys_move
UPDATE csat_surveys SET conversation_id = :kept WHERE tenant_id = :tenant AND conversation_id = :gone;

-- name: surveys_summary
-- Of the questions that went out between two moments.
SELECT csat_surveys.operator_id, COALESCE(operators.name, '') AS name, COUNT(*) AS asked, COUNT(score) AS answered,
    COALESCE(SUM(score), 0) AS total,
    SUM(CASE WHEN score = 1 THEN 1 ELSE 0 END) AS ones, SUM(CASE WHEN score = 2 THEN 1 ELSE 0 END) AS twos,
    SUM(CASE WHEN score = 3 THEN 1 ELSE 0 END) AS threes, SUM(CASE WHEN score = 4 THEN 1 ELSE 0 END) AS fours,
    SUM(CASE WHEN score = 5 THEN 1 ELSE 0 END) AS fives
FROM csat_surveys
JOIN messages ON messages.id = csat_surveys.id AND messages.status NOT IN ('queued', 'failed')
LEFT JOIN operators ON operators.id = csat_surveys.operator_id
WHERE csat_surveys.tenant_id = :tenant AND csat_surveys.created_at >= :since AND csat_surveys.created_at < :until
GROUP BY csat_surveys.operator_id ORDER BY COUNT(score) DESC, csat_surveys.operator_id;

-- name: surveys_page
SELECT csat_surveys.*, conversations.contact_id, contacts.name AS customer_name, contacts.phone AS customer_phone,
    COALESCE(operators.name, '') AS operator_name
FROM csat_surveys
JOIN messages ON messages.id = csat_surveys.id AND messages.status NOT IN ('queued', 'failed')
JOIN conversations ON conversations.id = csat_surveys.conversation_id
JOIN contacts ON contacts.id = conversations.contact_id
LEFT JOIN operators ON operators.id = csat_surveys.operator_id
WHERE csat_surveys.tenant_id = :tenant AND csat_surveys.created_at >= :since AND csat_surveys.created_at < :until
    AND (:answered = 0 OR score IS NOT NULL) AND (:operator = '' OR csat_surveys.operator_id = :operator)
    AND (csat_surveys.created_at < :before OR (csat_surveys.created_at = :before AND csat_surveys.id < :before_id))
ORDER BY csat_surveys.created_at DESC, csat_surveys.id DESC LIMIT :most;

-- name: forget_surveys
DELETE FROM csat_surveys WHERE tenant_id = :tenant AND conversation_id = :conversation;
