"""What a tenant's chats add up to, for people and machines."""
