"""Settings of the node: where they come from, which wins, and what is said when one is wrong."""

import re
from pathlib import Path

import pytest

from wabot.daemon.settings import SETTINGS, UNMAPPED, Settings, default_data, read_settings
from wabot.daemon.settings.encryption import encryption_key
from wabot.model.errors import UsageError

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"
SECRET = "a secret of some length"


def node_file(folder: Path, text: str) -> Path:
    path = folder / "node.yaml"
    path.write_text(f"version: 1\n{text}")
    return path


def wrong(environ: dict[str, str], node: Path | None = None, **flags: object) -> str:
    with pytest.raises(UsageError) as told:
        read_settings(flags, environ, node)
    return str(told.value)


def test_without_anything_the_defaults_hold() -> None:
    found = read_settings({}, {"HOME": "/root", "WABOT_LISTEN": ""})
    assert found.settings == Settings()
    assert found.warnings == ()
    assert (Settings().delay, Settings().max_per_contact_per_day, Settings().max_per_minute) == (2_000, 50, 10)
    assert Settings().aggregation == "0 */6 * * *"


def test_a_flag_wins_over_the_environment_that_over_the_node_file_and_that_over_the_default(tmp_path: Path) -> None:
    node = node_file(tmp_path, "log: {level: error, format: json}\nlisten: localhost:1\n")
    environ = {"WABOT_LOG_LEVEL": "warning", "WABOT_LISTEN": "[::1]:2", "WABOT_NODE": str(node)}
    settings = read_settings({"listen": "127.0.0.1:3", "data": None}, environ).settings
    assert (settings.listen, settings.log_level, settings.log_format) == ("127.0.0.1:3", "warning", "json")
    assert settings.log_messages is False


def test_the_whole_node_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    (tmp_path / "dsn").write_text("https://key@example.invalid/1")
    node = node_file(
        tmp_path,
        "data: stored\nlisten: localhost:9464\nlog: {messages: true}\n"
        "auto_reply: {enabled: false, delay: 1m30s, max_per_contact_per_day: 7, max_per_minute: 8}\n"
        "alerts: {webhook: https://example.invalid/x, secret_file: secret}\nsentry: {dsn_file: dsn}\n"
        'analytics: {aggregation: "5 4 * * 0"}\nwhatsapp: {proxy: "socks5://127.0.0.1:1080"}\n',
    )
    settings = read_settings({}, {}, node).settings
    assert settings.data == str(tmp_path / "stored")
    assert (settings.enabled, settings.delay) == (False, 90_000)
    assert (settings.max_per_contact_per_day, settings.max_per_minute) == (7, 8)
    assert settings.webhook_secret.reveal() == SECRET
    assert settings.sentry_dsn.reveal() == "https://key@example.invalid/1"
    assert (settings.aggregation, settings.proxy) == ("5 4 * * 0", "socks5://127.0.0.1:1080")
    assert settings.log_messages
    # A child that is given them by its environment has the same.
    assert read_settings({}, settings.environment()).settings == settings


def test_each_key_of_the_schema_is_a_setting_and_each_setting_a_key() -> None:
    from wabot.language.shape import schema

    keys = set()
    for name, fragment in schema("node")["properties"].items():
        keys |= {f"{name}.{inner}" for inner in fragment["properties"]} if "properties" in fragment else {name}
    assert keys - {"version"} == {setting.key for setting in SETTINGS}


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("WABOT_LISTEN", "9464", "WABOT_LISTEN must be HOST:PORT, such as 127.0.0.1:9464, not `9464`"),
        ("WABOT_LISTEN", "localhost:70000", "WABOT_LISTEN must be HOST:PORT"),
        ("WABOT_LOG_LEVEL", "loud", "WABOT_LOG_LEVEL must be one of debug, info, warning, error, not `loud`"),
        ("WABOT_LOG_MESSAGES", "maybe", "WABOT_LOG_MESSAGES must be true or false"),
        ("AUTO_REPLY_ENABLED", "nope", "AUTO_REPLY_ENABLED must be true or false"),
        ("AUTO_REPLY_DEFAULT_DELAY_SECONDS", "2s", "must be seconds, from 0 to 3600, not `2s`"),
        ("AUTO_REPLY_MAX_TRIGGERS_PER_DAY", "0", "must be a whole number from 1 to 1000"),
        ("MESSAGE_RATE_LIMIT_PER_MINUTE", "601", "must be a whole number from 1 to 600"),
        ("ANALYTICS_AGGREGATION_CRON", "daily", "must be a cron expression of five fields"),
        ("WABOT_ALERT_WEBHOOK", "ftp://example.invalid", "WABOT_ALERT_WEBHOOK must be a URL that begins with https://"),
        ("WABOT_ALERT_WEBHOOK", "https://me:pw@example.invalid", "must hold no user or password"),
        ("WABOT_ALERT_WEBHOOK", "https://example.invalid", "WABOT_ALERT_SECRET (or WABOT_ALERT_SECRET_FILE"),
        ("WABOT_ALERT_SECRET", "short", "WABOT_ALERT_SECRET is too short to sign with"),
        ("WABOT_ALERT_SECRET", "whsec_!!", "WABOT_ALERT_SECRET begins with whsec_, but what follows is not base64"),
        ("WABOT_ALERT_SECRET_FILE", "/nowhere/secret", "which cannot be read: No such file or directory"),
        ("WABOT_SENTRY_DSN_FILE", "$CREDENTIALS_DIRECTORY/dsn", "names $CREDENTIALS_DIRECTORY, which is not set"),
        ("WHATSAPP_ENCRYPTION_KEY", "geheim", "WHATSAPP_ENCRYPTION_KEY must be 32 bytes, as base64; `openssl rand"),
        ("WABOT_NODE", "/nowhere/node.yaml", "/nowhere/node.yaml:1:1: cannot be read: No such file or directory"),
    ],
)
def test_a_wrong_setting_is_named_with_what_it_must_be(name: str, value: str, said: str) -> None:
    assert said in wrong({name: value})


def test_a_flag_that_is_wrong_is_named_as_a_flag() -> None:
    assert wrong({}, listen="here") == "--listen must be HOST:PORT, such as 127.0.0.1:9464, not `here`"


def test_every_mistake_of_the_node_file_is_told_with_its_place(tmp_path: Path) -> None:
    node = node_file(
        tmp_path,
        "listen: 9464\nalerts: {secret: abc}\nauto_reply:\n  max_per_minute: 0\n  delay: 3d\nlog: {level: all}\n",
    )
    said = wrong({}, node)
    assert f"{node}:2:9: `listen` must be a text" in said
    assert f"{node}:3:10: unknown key `secret`; did you mean `secret_file`?" in said
    assert f"{node}:5:19: `max_per_minute` must be from 1 to 600, not 0" in said
    assert f"{node}:7:14: `all` is not known as `level`" in said


def test_what_only_its_meaning_makes_wrong_has_its_place_in_the_node_file_too(tmp_path: Path) -> None:
    node = node_file(tmp_path, "auto_reply: {delay: 3d}\nalerts: {secret_file: gone}\n")
    said = wrong({}, node)
    assert f"{node}:2:21: `auto_reply.delay` must be at most 1h" in said
    assert f"{node}:3:23: `alerts.secret_file` names {tmp_path / 'gone'}, which cannot be read" in said


def test_a_secret_comes_from_the_environment_or_from_a_file_and_not_from_both(tmp_path: Path) -> None:
    file = tmp_path / "alert-secret"
    file.write_text(f"{SECRET}\n")
    file.chmod(0o600)
    for environ in (
        {"WABOT_ALERT_SECRET": SECRET},
        {"WABOT_ALERT_SECRET_FILE": str(file)},
        {"WABOT_ALERT_SECRET_FILE": "$CREDENTIALS_DIRECTORY/alert-secret", "CREDENTIALS_DIRECTORY": str(tmp_path)},
        {"WABOT_ALERT_SECRET_FILE": "${CREDENTIALS_DIRECTORY}/alert-secret", "CREDENTIALS_DIRECTORY": str(tmp_path)},
    ):
        found = read_settings({}, environ)
        assert found.settings.webhook_secret.reveal() == SECRET
        assert found.warnings == ()
    assert "are both set" in wrong({"WABOT_ALERT_SECRET": SECRET, "WABOT_ALERT_SECRET_FILE": str(file)})
    file.write_text("one\ntwo\n")
    assert "must hold one line" in wrong({"WABOT_ALERT_SECRET_FILE": str(file)})


def test_the_key_of_the_backups_comes_from_systemd_as_well(tmp_path: Path) -> None:
    (tmp_path / "whatsapp-key").write_text(f"{bytes(range(32)).hex()}\n")
    node = node_file(tmp_path, "whatsapp: {encryption_key_file: $CREDENTIALS_DIRECTORY/whatsapp-key}\n")
    found = read_settings({}, {"CREDENTIALS_DIRECTORY": str(tmp_path)}, node)
    assert encryption_key(found.settings) == bytes(range(32))
    assert encryption_key(read_settings({}, found.settings.environment()).settings) == bytes(range(32))
    assert encryption_key(Settings()) == b""


def test_nothing_that_is_printed_shows_a_secret() -> None:
    settings = read_settings({}, {"WABOT_ALERT_SECRET": SECRET}).settings
    assert SECRET not in f"{settings} {settings!r} {settings.webhook_secret}"
    assert "geheim" not in wrong({"WABOT_ALERT_SECRET": "geheim"})
    assert "geheim" not in wrong({"WHATSAPP_ENCRYPTION_KEY": "geheim"})


def test_what_is_odd_is_warned_about(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text(SECRET)
    file.chmod(0o644)
    environ = {
        "WABOT_LISTN": "x",
        "WABOT_FOO": "1",
        "WABOT_DEBUG": "1",
        "BULL_REDIS_HOST": "localhost",
        "WABOT_ALERT_SECRET_FILE": str(file),
    }
    assert read_settings({}, environ).warnings == (
        "BULL_REDIS_HOST has no effect: there is no Redis: what waits stands in each tenant's file",
        "WABOT_FOO is no setting",
        "WABOT_LISTN is no setting; did you mean WABOT_LISTEN?",
        f"{file} can be read by other users of this machine: chmod 600 it",
    )


def test_other_commands_find_the_data_as_the_daemon_does(tmp_path: Path) -> None:
    node = node_file(tmp_path, "data: stored\n")
    assert default_data({}) is None
    assert default_data({"WABOT_NODE": str(node)}) == str(tmp_path / "stored")
    assert default_data({"WABOT_NODE": str(node), "WHATSAPP_SESSION_PATH": "/var/x"}) == "/var/x"


def test_the_page_shows_every_setting_as_the_code_has_it() -> None:
    rows = re.findall(r"^\| (`[A-Z_]+`.*?) \| (.*?) \|(?: (.*?) \| (.*?) \|)?$", PAGE.read_text("utf-8"), re.MULTILINE)
    told = [tuple(cell for cell in row if cell) for row in rows]
    expected: list[tuple[str, ...]] = []
    for setting in SETTINGS:
        name = f"`{setting.name}`" + (f", `{setting.name}_FILE`" if setting.secret else "")
        expected.append((name, f"`{setting.key}`", f"`{setting.default}`" if setting.default else "–", setting.meaning))
    expected += [(f"`{name}`", why) for name, why in UNMAPPED.items()]
    assert told == expected


def test_the_example_of_the_page_is_a_node_file(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    (tmp_path / "node.yaml").write_text(example)
    (tmp_path / "alert-secret").write_text(SECRET)
    found = read_settings({}, {"CREDENTIALS_DIRECTORY": str(tmp_path)}, tmp_path / "node.yaml")
    assert found.settings.data == "/var/lib/wabot"
    assert found.settings.webhook_secret.reveal() == SECRET
