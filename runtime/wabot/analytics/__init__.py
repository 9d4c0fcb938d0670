"""What a tenant's chats add up to: figures, reports and exports, and what other rules would have answered."""
