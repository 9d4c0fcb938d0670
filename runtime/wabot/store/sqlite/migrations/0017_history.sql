-- Until when (UTC milliseconds) the history of a newly linked phone is expected; NULL when it is in, or never was.

ALTER TABLE sessions ADD COLUMN history_until INTEGER;
