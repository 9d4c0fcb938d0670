-- What went out and has not been confirmed by the customer's phone: few rows, looked at once a minute.

CREATE INDEX outbox_undelivered ON outbox (tenant_id, sent_at) WHERE status = 'sent';
