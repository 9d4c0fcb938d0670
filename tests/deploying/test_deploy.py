"""What docs/deploy.md and the Containerfile say, as far as it can be held without systemd and without containers."""

import re
import shlex
from pathlib import Path

import pytest
import typer
from typer.main import get_command

from wabot.cli.app import COMMANDS, app
from wabot.daemon.settings import SETTINGS, read_settings

CHECKOUT = Path(__file__).parents[2]
CONTAINERFILE = (CHECKOUT / "Containerfile").read_text("utf-8")
GUIDE = (CHECKOUT / "docs" / "deploy.md").read_text("utf-8")
LINES = [line for block in re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL) for line in block.splitlines()]
TYPED = [words for line in LINES if "wabot" in (words := shlex.split(line)) and words[words.index("wabot") + 1 :]]


def instructions(name: str) -> list[list[str]]:
    joined = CONTAINERFILE.replace("\\\n", " ")
    return [line.split()[1:] for line in joined.splitlines() if line.startswith(f"{name} ")]


def wabot_words(words: list[str]) -> list[str]:
    """What is said to wabot itself: `sudo -u wabot wabot status …` → `status …`; [] where nothing is."""
    for place, word in enumerate(words[:-1]):
        if word == "wabot" and words[place + 1] in COMMANDS:
            return words[place + 1 :]
    return []


COMMAND_LINES = sorted({tuple(said) for words in TYPED if (said := wabot_words(words))})


def test_the_guide_has_command_lines_to_check() -> None:
    assert {"pair", "status", "logs", "reload", "service", "validate", "test"} <= {line[0] for line in COMMAND_LINES}


@pytest.mark.parametrize("line", [*COMMAND_LINES, ("status", "--check", "--data", "/data")], ids=" ".join)
def test_each_command_of_the_guide_is_one_that_wabot_takes(line: tuple[str, ...]) -> None:
    name, *rest = line
    command = get_command(app([name]))
    assert isinstance(command, typer.core.TyperGroup)
    made = command.commands[name].make_context(name, list(rest))
    assert made.args == []


def test_every_path_that_the_image_copies_is_there() -> None:
    copied = [source for words in instructions("COPY") if not words[0].startswith("--") for source in words[:-1]]
    assert {"runtime", "cli", "requirements.lock"} <= set(copied)
    for source in copied:
        assert (CHECKOUT / source).exists(), source
    ignored = (CHECKOUT / ".dockerignore").read_text("utf-8").splitlines()
    assert not set(copied) & set(ignored)


def test_whatever_the_wheel_includes_is_copied_into_the_image() -> None:
    import tomllib

    copied = {source for words in instructions("COPY") for source in words[:-1]}
    build = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))
    for included in build["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"]:
        assert Path(included).parts[0] in copied


def test_the_image_runs_as_nobody_special_and_keeps_its_data_in_a_volume() -> None:
    (user,) = instructions("USER")
    assert user == ["wabot"] and "--uid 10001" in CONTAINERFILE
    assert instructions("VOLUME") == [["/data"]]
    lines = CONTAINERFILE.splitlines()
    assert lines.index("USER wabot") > max(number for number, line in enumerate(lines) if line.startswith("RUN "))


def test_what_the_image_runs_is_a_command_that_wabot_takes() -> None:
    import json

    (health,) = re.findall(r"HEALTHCHECK .* CMD (\[.*\])", CONTAINERFILE)
    (entry,) = re.findall(r"^ENTRYPOINT (\[.*\])", CONTAINERFILE, re.MULTILINE)
    (words,) = re.findall(r"^CMD (\[.*\])", CONTAINERFILE, re.MULTILINE)
    for said in (json.loads(health), json.loads(entry) + json.loads(words)):
        assert said[0] == "wabot"
        test_each_command_of_the_guide_is_one_that_wabot_takes(tuple(said[1:]))


def test_the_node_file_of_the_guide_is_one_that_wabot_takes(tmp_path: Path) -> None:
    (text,) = re.findall(r"```yaml\n(version: 1\napi:.*?)```", GUIDE, re.DOTALL)
    node = tmp_path / "node.yaml"
    node.write_text(text)
    settings = read_settings({}, {}, node).settings
    assert (settings.api, settings.api_proxies) == ("127.0.0.1:8080", ("127.0.0.1/32",))
    named = set(re.findall(r"WABOT_[A-Z_]+", GUIDE.split("## The API behind TLS")[1]))
    assert named - {"WABOT_NODE"} <= {setting.name for setting in SETTINGS}
