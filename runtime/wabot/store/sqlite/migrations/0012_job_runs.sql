-- When each job last ran, and what came of it; since when it is known, for one that never ran.

CREATE TABLE job_runs (
    tenant_id TEXT NOT NULL,
    job TEXT NOT NULL,
    known_since INTEGER NOT NULL,
    began_at INTEGER,
    ended_at INTEGER,
    ok INTEGER,
    detail TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (tenant_id, job)
);
-- Deleting a contact asks who refers to it; everything else of a contact's has such an index already.
CREATE INDEX usage_of_contact ON rule_usage (contact_id);
