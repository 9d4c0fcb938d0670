-- A tenant whose bot a person has paused, until when (NULL: it is not).

ALTER TABLE sessions ADD COLUMN paused_until INTEGER;
