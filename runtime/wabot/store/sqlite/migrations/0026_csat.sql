-- What customers say of the help they got: one question a settled conversation. It is a follow-up and then a row of the
-- outbox of the same id. operator_id is whoever had the chat ("" for nobody); score is 1 to 5, NULL until it is answered.

CREATE TABLE csat_surveys (
    id TEXT PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    conversation_id TEXT NOT NULL REFERENCES conversations (id),
    operator_id TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL,
    score INTEGER CHECK (score BETWEEN 1 AND 5),
    answered_at INTEGER,
    message_id TEXT NOT NULL DEFAULT ''
);
CREATE INDEX surveys_of_conversation ON csat_surveys (conversation_id, tenant_id, created_at);
CREATE INDEX surveys_recent ON csat_surveys (tenant_id, created_at, id);

-- What was counted outlives the rows.
ALTER TABLE operators ADD COLUMN csat_answers INTEGER NOT NULL DEFAULT 0;
ALTER TABLE operators ADD COLUMN csat_total INTEGER NOT NULL DEFAULT 0;
