-- What was answered in the customer's present burst of messages.

ALTER TABLE conversations ADD COLUMN burst TEXT NOT NULL DEFAULT '';
