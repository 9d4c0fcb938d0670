"""Every setting of the node: its names, what it may be, its default, its meaning. docs/settings.md shows this list."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple

from wabot.daemon.settings import kinds
from wabot.daemon.settings.kinds import Kind
from wabot.daemon.settings.secrets import NO_SECRET, Secret

LogLevel = Literal["debug", "info", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings as they are. `listen` and `api` "" serve nothing, `webhook` "" delivers no alert. `delay` is
    milliseconds; `delay`, `max_per_contact_per_day` and `max_per_minute` hold where a tenant says nothing; without
    `enabled` no tenant answers."""

    data: str = "data"
    listen: str = ""
    api: str = ""
    api_secret: Secret = NO_SECRET
    invite_url: str = ""
    api_per_minute: int = 100
    api_person_per_minute: int = 300
    api_tenant_per_minute: int = 1_000
    api_sends_per_minute: int = 10
    api_origins: tuple[str, ...] = ()
    api_proxies: tuple[str, ...] = ()
    api_media_hosts: tuple[str, ...] = ()
    api_private_networks: bool = False
    log_format: Literal["text", "json"] = "text"
    log_level: LogLevel = "info"
    log_messages: bool = False
    enabled: bool = True
    delay: int = 2_000
    max_per_contact_per_day: int = 50
    max_per_minute: int = 10
    webhook: str = ""
    webhook_secret: Secret = NO_SECRET
    sentry_dsn: Secret = NO_SECRET
    aggregation: str = "0 */6 * * *"
    proxy: str = ""
    encryption_key: Secret = NO_SECRET
    start: Literal["fork", "spawn"] = "fork"
    orders_private: bool = False

    def environment(self) -> dict[str, str]:
        """The same settings as variables, for the processes that this one starts."""
        found: dict[str, str] = {}
        for setting in SETTINGS:
            value = getattr(self, setting.field)
            if isinstance(value, Secret):
                # By value: a session must not fail because the file is gone meanwhile.
                found |= {setting.name: value.reveal()} if value else {}
            else:
                found[setting.name] = setting.kind.as_text(value)
        return found


class Setting(NamedTuple):
    """One setting: `name` in the environment, `key` in the node file ("" = not there), `field` of `Settings`. A secret
    is in the environment as `name`, or in the file whose path is in `name`_FILE or under `key`."""

    name: str
    key: str
    field: str
    kind: Kind
    meaning: str
    secret: bool = False
    flag: str = ""

    @property
    def default(self) -> str:
        """As it would be written in the environment; "" for nothing."""
        value = getattr(Settings(), self.field)
        return "" if self.secret else self.kind.as_text(value)


SETTINGS: Final = (
    Setting(
        "WHATSAPP_SESSION_PATH",
        "data",
        "data",
        kinds.PATH,
        "The folder of every tenant's messages and WhatsApp keys; the other commands read it, too.",
        flag="--data",
    ),
    Setting(
        "WABOT_LISTEN",
        "listen",
        "listen",
        kinds.ADDRESS,
        "HOST:PORT for `/healthz`, `/readyz` and `/metrics`; off when empty. Whoever reaches it can read it: use "
        "127.0.0.1.",
        flag="--listen",
    ),
    Setting(
        "WABOT_API",
        "api.listen",
        "api",
        kinds.ADDRESS,
        "HOST:PORT for REST and Socket.IO; off when empty. It speaks plain HTTP: a proxy with TLS stands before it. "
        "Needs `wabot[api]`.",
        flag="--api",
    ),
    Setting(
        "WABOT_API_SECRET",
        "api.secret_file",
        "api_secret",
        kinds.TEXT,
        "Signs the API's tokens: 32 characters or more. Without it, the first start makes `data/api.secret`.",
        secret=True,
    ),
    Setting(
        "WABOT_INVITE_URL",
        "api.invite_url",
        "invite_url",
        kinds.URL,
        "The page of your front end where people accept invitations; the token is added to it.",
    ),
    Setting(
        "API_RATE_LIMIT_PER_MINUTE",
        "api.per_minute",
        "api_per_minute",
        kinds.count(1, 1_000_000),
        "Requests that one address may make a minute. An office behind one address shares them.",
    ),
    Setting(
        "WABOT_API_PERSON_PER_MINUTE",
        "api.person_per_minute",
        "api_person_per_minute",
        kinds.count(1, 1_000_000),
        "Requests of one person or API key a minute, from wherever.",
    ),
    Setting(
        "WABOT_API_TENANT_PER_MINUTE",
        "api.tenant_per_minute",
        "api_tenant_per_minute",
        kinds.count(1, 1_000_000),
        "Requests a minute of everybody who is logged in to one tenant.",
    ),
    Setting(
        "WABOT_API_SENDS_PER_MINUTE",
        "api.sends_per_minute",
        "api_sends_per_minute",
        kinds.count(1, 10_000),
        "Messages to customers of one person or API key a minute.",
    ),
    Setting(
        "WABOT_API_ORIGINS",
        "api.origins",
        "api_origins",
        kinds.ORIGINS,
        "Sites whose pages may ask from a browser, such as `https://inbox.example`; in a variable with commas between "
        "them. None but the API's own when empty.",
    ),
    Setting(
        "WABOT_API_PROXIES",
        "api.proxies",
        "api_proxies",
        kinds.NETWORKS,
        "Addresses or networks of proxies whose `X-Forwarded-For` tells who asks, such as `127.0.0.1`; in a variable "
        "with commas between them. Behind a proxy that is not named, all clients share the proxy's limits.",
    ),
    Setting(
        "WABOT_API_MEDIA_HOSTS",
        "api.media_hosts",
        "api_media_hosts",
        kinds.HOSTS,
        "Sites from which files to send are fetched, over https: `cdn.example`, `*.cdn.example`, `cdn.example:8443`; "
        "in a variable with commas between them. From none when empty.",
    ),
    Setting(
        "WABOT_API_PRIVATE_NETWORKS",
        "api.private_networks",
        "api_private_networks",
        kinds.FLAG,
        "true: webhooks and sites of files may stand in private networks and on this machine, there also over plain "
        "http. Then everybody who may set up webhooks can have this machine ask others of its network.",
    ),
    Setting(
        "WABOT_LOG_FORMAT",
        "log.format",
        "log_format",
        kinds.one_of("text", "json"),
        "Log lines for people, or JSON for machines.",
        flag="--log-format",
    ),
    Setting(
        "WABOT_LOG_LEVEL",
        "log.level",
        "log_level",
        kinds.one_of("debug", "info", "warning", "error"),
        "The least level that is logged.",
        flag="--log-level",
    ),
    Setting(
        "WABOT_LOG_MESSAGES",
        "log.messages",
        "log_messages",
        kinds.FLAG,
        "true: standard error holds what customers write and what they are answered. Numbers stay masked.",
        flag="--log-messages",
    ),
    Setting(
        "AUTO_REPLY_ENABLED",
        "auto_reply.enabled",
        "enabled",
        kinds.FLAG,
        "false: no tenant of this node answers anybody, whatever its files say; messages are kept.",
    ),
    Setting(
        "AUTO_REPLY_DEFAULT_DELAY_SECONDS",
        "auto_reply.delay",
        "delay",
        kinds.SECONDS,
        "The least time before a reply, where `tenant.yaml` says nothing. In the node file a duration: `2s`.",
    ),
    Setting(
        "AUTO_REPLY_MAX_TRIGGERS_PER_DAY",
        "auto_reply.max_per_contact_per_day",
        "max_per_contact_per_day",
        kinds.count(1, 1_000),
        "Replies to one customer a day, where `tenant.yaml` says nothing.",
    ),
    Setting(
        "MESSAGE_RATE_LIMIT_PER_MINUTE",
        "auto_reply.max_per_minute",
        "max_per_minute",
        kinds.count(1, 600),
        "Replies of one tenant a minute, where `tenant.yaml` says nothing.",
    ),
    Setting(
        "WABOT_ALERT_WEBHOOK",
        "alerts.webhook",
        "webhook",
        kinds.URL,
        "Where alerts are posted; none are when empty.",
    ),
    Setting(
        "WABOT_ALERT_SECRET",
        "alerts.secret_file",
        "webhook_secret",
        kinds.TEXT,
        "What alerts are signed with: `whsec_` and base64, or 16 characters or more. Needed with a webhook.",
        secret=True,
    ),
    Setting(
        "WABOT_SENTRY_DSN",
        "sentry.dsn_file",
        "sentry_dsn",
        kinds.TEXT,
        "Where crashes are reported; nowhere when empty. Needs `wabot[sentry]`.",
        secret=True,
    ),
    Setting(
        "ANALYTICS_AGGREGATION_CRON",
        "analytics.aggregation",
        "aggregation",
        kinds.CRON,
        "When each tenant's [figures](analytics.md) are counted, by a cron expression of five fields on the tenant's "
        "clock. They are at the end of each day as well, and whenever somebody asks for them.",
    ),
    Setting(
        "WABOT_WHATSAPP_PROXY",
        "whatsapp.proxy",
        "proxy",
        kinds.TEXT,
        "A proxy for the connections to WhatsApp: `http://HOST:PORT` or `socks5://HOST:PORT`.",
    ),
    Setting(
        "WHATSAPP_ENCRYPTION_KEY",
        "whatsapp.encryption_key_file",
        "encryption_key",
        kinds.TEXT,
        "Encrypts the backup of the WhatsApp keys: 32 bytes as base64. None is written when empty.",
        secret=True,
    ),
    Setting(
        "WABOT_SESSION_START",
        "sessions.start",
        "start",
        kinds.one_of("fork", "spawn"),
        "`fork`: sessions are forked from one process and share its memory. `spawn`: each is a Python of its own.",
    ),
    Setting(
        "WABOT_ORDERS_PRIVATE",
        "orders.private",
        "orders_private",
        kinds.FLAG,
        "true: tenants may look up orders (`orders` of `tenant.yaml`) on this machine and in private networks, too.",
    ),
)

UNMAPPED: Final[Mapping[str, str]] = {
    "WHATSAPP_MAX_RETRIES": "a connection is tried for ever: a bot that gives up is silent",
    "WHATSAPP_RETRY_DELAY_MS": "the waits between connections grow by themselves, up to a cap",
    "BULL_REDIS_HOST": "there is no Redis: what waits stands in each tenant's file",
    "BULL_REDIS_PORT": "there is no Redis: what waits stands in each tenant's file",
    "BULL_REDIS_PASSWORD": "there is no Redis: what waits stands in each tenant's file",
}
"""Settings of the original design that mean nothing here, and why."""

OTHERS: Final = frozenset(
    {"WABOT_NODE", "WABOT_DEBUG", "WABOT_CACHE", "WABOT_BACKUPS", "WABOT_RESTART_WAIT", "WABOT_SESSION_WATCHDOG"}
)
"""Variables that are read elsewhere, and documented there: no warning names them."""


def value_in(data: Any, key: str) -> Any:
    """The value at `log.format`, None when it is not there."""
    for step in key.split("."):
        data = data.get(step) if isinstance(data, dict) else None
    return data
