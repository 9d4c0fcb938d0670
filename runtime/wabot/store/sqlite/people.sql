-- The people who answer: who they are, whose chat is whose, and what they send.

-- name: operators_at_work
-- Everybody, with the chats that are theirs and not settled.
SELECT operators.*, (SELECT COUNT(*) FROM conversations
    WHERE operator_id = operators.id AND status IN ('active', 'pending')) AS open_chats
FROM operators WHERE tenant_id = :tenant AND disabled_at IS NULL ORDER BY email;

-- name: operator_whole
-- With the chats that are theirs and not settled. Also one who is disabled.
SELECT operators.*, (SELECT COUNT(*) FROM conversations
    WHERE operator_id = operators.id AND status IN ('active', 'pending')) AS open_chats
FROM operators WHERE tenant_id = :tenant AND id = :id;

-- name: operator_whole_of
SELECT operators.*, (SELECT COUNT(*) FROM conversations
    WHERE operator_id = operators.id AND status IN ('active', 'pending')) AS open_chats
FROM operators WHERE tenant_id = :tenant AND email = :email;

-- name: operators_disabled
SELECT operators.*, 0 AS open_chats FROM operators
WHERE tenant_id = :tenant AND disabled_at IS NOT NULL ORDER BY email;

-- name: operator_chats
-- What somebody has to do: who has waited longest comes first.
SELECT conversations.id, conversations.status, conversations.priority, conversations.unread_count,
    conversations.last_message_at, conversations.assigned_at,
    COALESCE(conversations.waiting_since, conversations.unanswered_since) AS since,
    contacts.name, contacts.phone
FROM conversations JOIN contacts ON contacts.id = conversations.contact_id
WHERE conversations.tenant_id = :tenant AND conversations.operator_id = :id
    AND conversations.status IN ('active', 'pending')
ORDER BY since IS NULL, since, conversations.last_message_at DESC LIMIT :most;

-- name: operator_email
SELECT email FROM operators WHERE tenant_id = :tenant AND id = :id;

-- name: operator_add
-- Somebody who was disabled may come back.
INSERT INTO operators
    (id, tenant_id, email, name, role, status, max_concurrent_chats, working_hours, teams, created_at, updated_at)
VALUES (:id, :tenant, :email, :name, :role, :status, :capacity, :hours, :teams, :at, :at)
ON CONFLICT (tenant_id, email) DO UPDATE SET
    name = excluded.name, role = excluded.role, status = excluded.status,
    max_concurrent_chats = excluded.max_concurrent_chats, working_hours = excluded.working_hours,
    teams = excluded.teams, disabled_at = NULL, present_at = NULL, absent_from = '', updated_at = excluded.updated_at
    WHERE operators.disabled_at IS NOT NULL;

-- name: operator_set
UPDATE operators SET
    name = COALESCE(:name, name),
    role = COALESCE(:role, role),
    status = COALESCE(:status, status),
    max_concurrent_chats = COALESCE(:capacity, max_concurrent_chats),
    working_hours = COALESCE(:hours, working_hours),
    teams = COALESCE(:teams, teams),
    -- Whoever says what they do counts as that until a front end shows otherwise.
    last_seen_at = CASE WHEN :status IS NULL THEN last_seen_at ELSE :at END,
    present_at = CASE WHEN :status IS NULL THEN present_at END,
    absent_from = CASE WHEN :status IS NULL THEN absent_from ELSE '' END,
    updated_at = :at
WHERE tenant_id = :tenant AND email = :email AND disabled_at IS NULL;

-- name: operator_present
-- They work in a front end; whoever was taken for absent is what they were before.
UPDATE operators SET
    present_at = :at,
    last_seen_at = :at,
    status = CASE WHEN absent_from <> '' THEN absent_from ELSE status END,
    updated_at = CASE WHEN absent_from <> '' THEN :at ELSE updated_at END,
    absent_from = ''
WHERE tenant_id = :tenant AND email = :email AND disabled_at IS NULL;

-- name: operator_is_here
-- They take a chat, so they are there, whatever was said before; others are given to them only when they say so.
UPDATE operators SET
    status = CASE WHEN absent_from <> '' THEN absent_from WHEN status IN ('offline', 'away') THEN 'busy' ELSE status END,
    absent_from = '',
    present_at = :at,
    last_seen_at = :at,
    updated_at = CASE WHEN status IN ('offline', 'away') THEN :at ELSE updated_at END
WHERE tenant_id = :tenant AND id = :id AND disabled_at IS NULL;

-- name: operators_absent
-- No sign of life from a front end that they worked in: it crashed, or they closed it.
UPDATE operators SET absent_from = status, status = 'away', updated_at = :at
WHERE tenant_id = :tenant AND status IN ('online', 'busy') AND present_at < :before AND disabled_at IS NULL;

-- name: operator_disable
UPDATE operators SET disabled_at = :at, status = 'offline', absent_from = '', present_at = NULL, updated_at = :at
WHERE tenant_id = :tenant AND email = :email AND disabled_at IS NULL;

-- name: operator_enable
UPDATE operators SET disabled_at = NULL, updated_at = :at
WHERE tenant_id = :tenant AND email = :email AND disabled_at IS NOT NULL;

-- name: operator_remove
DELETE FROM operators WHERE tenant_id = :tenant AND email = :email;

-- name: operator_leaves
-- Their chats are nobody's; those that wait go on waiting, for anybody where they were meant for them alone.
UPDATE conversations SET
    status = CASE WHEN unanswered_since IS NULL OR status <> 'active' THEN status ELSE 'pending' END,
    waiting_since = COALESCE(waiting_since, unanswered_since),
    answered_at = CASE WHEN unanswered_since IS NULL THEN answered_at END,
    unanswered_since = NULL,
    assigned_to = CASE WHEN LOWER(assigned_to) = 'operator:' || :email THEN 'role:operator' ELSE assigned_to END,
    operator_id = NULL, assigned_at = NULL, updated_at = :at
WHERE +tenant_id = :tenant AND operator_id = (SELECT id FROM operators WHERE tenant_id = :tenant AND email = :email);

-- name: operator_gives_back
-- Chats in which they have not answered yet go to others; not those that are meant for them alone.
UPDATE conversations SET had_by = operator_id, handed_on = handed_on + 1, operator_id = NULL, assigned_at = NULL,
    updated_at = :at
WHERE tenant_id = :tenant AND operator_id = (SELECT id FROM operators WHERE tenant_id = :tenant AND email = :email)
    AND answered_at IS NULL AND status = 'pending' AND LOWER(assigned_to) <> 'operator:' || :email;

-- name: operator_got
UPDATE operators SET last_assigned_at = :at WHERE tenant_id = :tenant AND email = :email;

-- name: operator_handled
UPDATE operators SET total_chats_handled = total_chats_handled + 1 WHERE tenant_id = :tenant AND id = :id;

-- name: operator_said
UPDATE operators SET
    total_messages_sent = total_messages_sent + 1,
    total_first_answers = total_first_answers + :first,
    total_first_answer_millis = total_first_answer_millis + :millis,
    last_seen_at = :at
WHERE tenant_id = :tenant AND email = :email;

-- name: conversation_waits
-- A person is needed there, from now on or since before.
UPDATE conversations SET
    answered_at = CASE WHEN waiting_since IS NULL THEN NULL ELSE answered_at END,
    told_to_wait = CASE WHEN waiting_since IS NULL THEN :told ELSE MAX(told_to_wait, :told) END,
    waiting_since = COALESCE(waiting_since, :at)
WHERE tenant_id = :tenant AND id = :id AND status = 'pending';

-- name: conversation_by_id
SELECT conversations.*, COALESCE(operators.email, '') AS email, COALESCE(former.email, '') AS former
FROM conversations LEFT JOIN operators ON operators.id = operator_id
LEFT JOIN operators AS former ON former.id = had_by
WHERE conversations.tenant_id = :tenant AND conversations.id = :id;

-- name: conversation_claim
-- Only a chat that is still as it was when it was decided whose it is: whoever comes first has it.
UPDATE conversations SET
    operator_id = (SELECT id FROM operators WHERE tenant_id = :tenant AND email = :email),
    had_by = COALESCE(operator_id, had_by),
    handed_on = handed_on + (operator_id IS NOT NULL),
    assigned_at = :at, answered_at = NULL, updated_at = :at
WHERE tenant_id = :tenant AND id = :id AND status IN ('active', 'pending') AND operator_id IS :before;

-- name: conversation_free
UPDATE conversations SET had_by = COALESCE(operator_id, had_by), handed_on = handed_on + (operator_id IS NOT NULL),
    operator_id = NULL, assigned_at = NULL, answered_at = NULL, updated_at = :at
WHERE tenant_id = :tenant AND id = :id AND operator_id IS :before;

-- name: conversation_hand_on
-- From somebody who lets the customer wait, or is gone, to somebody else (:email, "" for nobody yet).
UPDATE conversations SET
    status = 'pending',
    assigned_to = :wanted,
    waiting_since = COALESCE(waiting_since, unanswered_since, :at),
    told_to_wait = CASE WHEN waiting_since IS NULL THEN 0 ELSE told_to_wait END,
    unanswered_since = NULL,
    answered_at = NULL,
    had_by = COALESCE(operator_id, had_by),
    handed_on = handed_on + (operator_id IS NOT NULL),
    operator_id = (SELECT id FROM operators WHERE tenant_id = :tenant AND email = :email),
    assigned_at = CASE WHEN :email = '' THEN NULL ELSE :at END,
    updated_at = :at
WHERE tenant_id = :tenant AND id = :id AND status IN ('active', 'pending') AND operator_id IS :before
    AND (unanswered_since IS NOT NULL OR (waiting_since IS NOT NULL AND answered_at IS NULL));

-- name: conversations_unanswered
-- A person has answered there, and the customer wrote again; the longest first.
SELECT conversations.id, assigned_to, operator_id, assigned_at, unanswered_since AS since, handed_on,
    snoozed_until, COALESCE(operators.email, '') AS email, '' AS former
FROM conversations LEFT JOIN operators ON operators.id = operator_id
WHERE conversations.tenant_id = :tenant AND unanswered_since IS NOT NULL
ORDER BY unanswered_since, conversations.id;

-- name: conversations_waiting
-- The longest first; with an operator: those that nobody has answered in yet.
SELECT conversations.id, assigned_to, operator_id, assigned_at, waiting_since AS since, handed_on,
    snoozed_until, COALESCE(operators.email, '') AS email, COALESCE(former.email, '') AS former
FROM conversations LEFT JOIN operators ON operators.id = operator_id
LEFT JOIN operators AS former ON former.id = had_by
WHERE conversations.tenant_id = :tenant AND conversations.status = 'pending' AND answered_at IS NULL
ORDER BY waiting_since, conversations.id;

-- name: conversation_reopen
-- The customer writes again after all was settled.
UPDATE conversations SET status = 'active', reopened = reopened + 1, resolved_at = NULL,
    had_by = COALESCE(operator_id, had_by), handed_on = 0, operator_id = NULL, reopened_at = :at,
    assigned_at = NULL, answered_at = NULL, assigned_to = '', taken_by = '', waiting_since = NULL,
    unanswered_since = NULL, updated_at = :at
WHERE tenant_id = :tenant AND id = :id AND status IN ('resolved', 'closed');

-- name: conversation_by_phone
-- Somebody answered on the shop's own phone: whoever has not answered there need not any more.
UPDATE conversations SET
    taken_by = 'phone',
    waiting_since = NULL,
    unanswered_since = NULL,
    operator_id = CASE WHEN answered_at IS NULL THEN NULL ELSE operator_id END,
    assigned_at = CASE WHEN answered_at IS NULL THEN NULL ELSE assigned_at END
WHERE tenant_id = :tenant AND id = :id;

-- name: conversation_answered_by_person
-- Said through wabot: the bot is silent for a while, and nobody waits any more.
UPDATE conversations SET
    status = CASE WHEN status = 'spam' THEN status ELSE 'active' END,
    paused_until = CASE WHEN paused_until > :paused_until THEN paused_until ELSE :paused_until END,
    muted_until = NULL,
    menu = '',
    unread_count = 0,
    looked_at = :at,
    snoozed_until = NULL,
    taken_by = 'operator',
    waiting_since = NULL,
    unanswered_since = NULL,
    handed_on = 0,
    resolved_at = NULL,
    operator_id = CASE WHEN operator_id IS NULL OR status IN ('resolved', 'closed')
        THEN (SELECT id FROM operators WHERE tenant_id = :tenant AND email = :email) ELSE operator_id END,
    assigned_at = CASE WHEN operator_id IS NULL OR status IN ('resolved', 'closed') THEN :at ELSE assigned_at END,
    answered_at = CASE WHEN status IN ('resolved', 'closed') THEN :at ELSE COALESCE(answered_at, :at) END,
    updated_at = :at
WHERE tenant_id = :tenant AND id = :id;

-- name: conversation_resolve
UPDATE conversations SET status = 'resolved', resolved_at = :at, paused_until = NULL, waiting_since = NULL,
    unanswered_since = NULL, menu = '', updated_at = :at
WHERE tenant_id = :tenant AND id = :id AND status IN ('active', 'pending')
RETURNING operator_id;

-- name: conversation_assign
-- By a person's order: the chat waits for somebody else from now on.
UPDATE conversations SET
    assigned_to = :wanted,
    operator_id = (SELECT id FROM operators WHERE tenant_id = :tenant AND email = :email),
    assigned_at = CASE WHEN :email = '' THEN NULL ELSE :at END,
    answered_at = NULL,
    resolved_at = NULL,
    unanswered_since = NULL,
    had_by = COALESCE(operator_id, had_by),
    handed_on = 0,
    status = CASE WHEN :wanted = '' THEN CASE WHEN status = 'pending' THEN 'active' ELSE status END ELSE 'pending' END,
    waiting_since = CASE WHEN :wanted = '' THEN NULL ELSE COALESCE(waiting_since, unanswered_since, :at) END,
    told_to_wait = CASE WHEN waiting_since IS NULL THEN 0 ELSE told_to_wait END,
    updated_at = :at
WHERE tenant_id = :tenant AND id = :id AND status <> 'spam';

-- name: conversation_read
UPDATE conversations SET looked_at = MAX(COALESCE(looked_at, 0), COALESCE(last_message_at, 0), updated_at), unread_count = 0
WHERE tenant_id = :tenant AND chat = :chat;

-- name: conversation_merge_people
-- Of two chats that turn out to be one customer's: whose it is, and since when it waits.
UPDATE conversations SET
    operator_id = COALESCE(operator_id, :operator_id),
    assigned_at = COALESCE(assigned_at, :assigned_at),
    answered_at = COALESCE(answered_at, :answered_at),
    waiting_since = CASE WHEN status = 'pending' THEN COALESCE(MIN(waiting_since, :waiting_since), waiting_since,
        :waiting_since) END,
    resolved_at = CASE WHEN status = 'resolved' THEN COALESCE(resolved_at, :resolved_at) END,
    reopened = reopened + :reopened,
    reopened_at = COALESCE(reopened_at, :reopened_at),
    unanswered_since = CASE WHEN status = 'active' THEN COALESCE(unanswered_since, :unanswered_since) END,
    had_by = CASE WHEN had_by = '' THEN :had_by ELSE had_by END,
    handed_on = MAX(handed_on, :handed_on),
    told_to_wait = MAX(told_to_wait, :told_to_wait),
    taken_by = CASE WHEN taken_by = '' THEN :taken_by ELSE taken_by END
WHERE tenant_id = :tenant AND id = :id;

-- name: person_says
-- The sequence follows on what is queued; the session counts its own on from where it began.
INSERT INTO outbox (id, tenant_id, conversation_id, chat, text, quoted, rule_id, due_at, created_at, sequence,
    status, kind, operator)
VALUES (:id, :tenant, :conversation, :chat, :text, :quoted, '', :at, :at,
    COALESCE((SELECT sequence FROM outbox WHERE +tenant_id = :tenant ORDER BY sequence DESC LIMIT 1), 0) + 1, 'queued',
    'person', :email);

-- name: message_of_person
-- What it replies to goes by WhatsApp's id, as in messages that come in, or by ours where that is not known.
INSERT INTO messages
    (id, tenant_id, conversation_id, sender_type, sender_id, sender_name, message_type, content, status,
     quoted_message_id, created_at)
VALUES (:id, :tenant, :conversation, 'cs', :sender, :name, 'text', :content, 'queued',
    COALESCE((SELECT COALESCE(wa_message_id, id) FROM messages WHERE id = :quoted AND tenant_id = :tenant), ''), :at);

-- name: note_add
-- At most one a chat in :span, and so many of all chats in :long.
INSERT INTO outbox (id, tenant_id, conversation_id, chat, text, rule_id, due_at, created_at, sequence, status, kind)
SELECT :id, :tenant, :conversation, :chat, :text, :rule, :at, :at, :sequence, 'queued', 'note'
WHERE NOT EXISTS (SELECT 1 FROM outbox WHERE tenant_id = :tenant AND kind = 'note' AND created_at > :since
        AND conversation_id = :conversation)
    AND (SELECT COUNT(*) FROM outbox WHERE tenant_id = :tenant AND kind = 'note' AND created_at > :since_long) < :most;

-- name: quick_reply_used
INSERT INTO quick_reply_stats (tenant_id, shortcut, used_count, last_used_at) VALUES (:tenant, :shortcut, 1, :at)
ON CONFLICT (tenant_id, shortcut)
DO UPDATE SET used_count = quick_reply_stats.used_count + 1, last_used_at = excluded.last_used_at;

-- name: quick_replies_used
SELECT shortcut, used_count, last_used_at FROM quick_reply_stats WHERE tenant_id = :tenant ORDER BY shortcut;
