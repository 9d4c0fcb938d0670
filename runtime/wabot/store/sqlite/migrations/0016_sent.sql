-- What was sent in the last minute, and is being sent, is counted before each send: by indexes alone, without the rows.

DROP INDEX outbox_sent;
CREATE INDEX outbox_sent ON outbox (tenant_id, kind, sent_at) WHERE sent_at IS NOT NULL;
DROP INDEX outbox_sending;
CREATE INDEX outbox_sending ON outbox (tenant_id, kind, id) WHERE status = 'sending';
