-- When the state ends by itself (a ban, a restriction): UTC milliseconds, 0 = nobody knows.

ALTER TABLE sessions ADD COLUMN until INTEGER NOT NULL DEFAULT 0;
