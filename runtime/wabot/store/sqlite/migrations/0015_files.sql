-- Which message a file in the tenant's folder media/ belongs to.

CREATE INDEX messages_of_files ON messages (tenant_id, media_file) WHERE media_file <> '';
