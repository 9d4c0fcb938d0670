"""Where the API has tenants' rules read, tried, rendered and changed: in processes of their own, which may hang, grow
or die without the API doing so. What is here runs there; `wabot.api.rendering` speaks with it."""
