-- Indexes that the planner can use: it takes a partial one only where a statement says the same condition.

DROP INDEX outbox_open;
CREATE INDEX outbox_queued ON outbox (tenant_id, conversation_id) WHERE status = 'queued';
CREATE INDEX outbox_sending ON outbox (tenant_id, sequence) WHERE status = 'sending';
CREATE INDEX outbox_troubled ON outbox (tenant_id, due_at) WHERE status IN ('failed', 'unknown');
CREATE INDEX logs_of_message ON auto_reply_logs (message_id);
CREATE INDEX journal_of_id ON inbound_journal (tenant_id, message_id);
CREATE INDEX messages_of_id ON messages (tenant_id, wa_message_id) WHERE wa_message_id IS NOT NULL;
