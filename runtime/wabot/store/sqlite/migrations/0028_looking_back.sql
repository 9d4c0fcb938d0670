-- What is asked of a span of time: messages, decisions, what people wrote, what was settled, reminders that are done.
-- Indexes by time alone: one that began with the tenant would be taken for statements that name a tenant and a chat.

CREATE INDEX follow_ups_closed ON follow_ups (closed_at) WHERE status <> 'pending';
CREATE INDEX messages_by_time ON messages (created_at);
CREATE INDEX logs_by_time ON auto_reply_logs (triggered_at);
CREATE INDEX outbox_of_people ON outbox (created_at) WHERE kind = 'person';
CREATE INDEX conversations_resolved ON conversations (resolved_at) WHERE resolved_at IS NOT NULL;
