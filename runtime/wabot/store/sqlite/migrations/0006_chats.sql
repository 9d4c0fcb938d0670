-- One conversation may be reached under several names: a customer's LID and their phone number.

CREATE TABLE conversation_chats (
    tenant_id TEXT NOT NULL,
    chat TEXT NOT NULL,
    conversation_id TEXT NOT NULL REFERENCES conversations (id),
    PRIMARY KEY (tenant_id, chat)
);
INSERT INTO conversation_chats (tenant_id, chat, conversation_id) SELECT tenant_id, chat, id FROM conversations;
CREATE INDEX conversations_of_contact ON conversations (contact_id);
CREATE INDEX chats_of_conversation ON conversation_chats (conversation_id);
