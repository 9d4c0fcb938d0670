-- What WhatsApp does not let a number do for now, remembered across restarts. `login`: no attempt before `until` (a ban),
-- and the state to show meanwhile. `first_contacts`: nobody is answered who never got a message from us before.

CREATE TABLE restraints (
    tenant_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('login', 'first_contacts')),
    phone TEXT NOT NULL DEFAULT '',
    until INTEGER NOT NULL,
    status TEXT NOT NULL DEFAULT '',
    detail TEXT NOT NULL DEFAULT '',
    action TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (tenant_id, kind)
);
