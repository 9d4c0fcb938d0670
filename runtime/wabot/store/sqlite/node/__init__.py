"""What belongs to no tenant, in `data/node.db`: accounts, logins, API keys, the audit log, throttles."""

from wabot.store.sqlite.node.accounts import Accounts, ordering, read_members

__all__ = ["Accounts", "ordering", "read_members"]
