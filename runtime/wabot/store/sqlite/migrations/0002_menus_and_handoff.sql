-- Open menus, whom a chat is for, and files that replies send.

ALTER TABLE conversations ADD COLUMN menu TEXT NOT NULL DEFAULT '';
ALTER TABLE conversations ADD COLUMN assigned_to TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN media TEXT NOT NULL DEFAULT '';
