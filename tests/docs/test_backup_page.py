"""docs/backup.md, its commands run as they are written."""

import asyncio
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.programs import needs
from tests.session.stage import JAM, stage
from wabot.store.sqlite import open_store

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "backup.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)


async def test_the_commands_of_the_page_do_what_it_says(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "rules", tmp_path / "rules")
    async with stage(tmp_path / "stage", JAM) as shop:
        await shop.say("jam buka?")
    (tmp_path / "data").mkdir(mode=0o700)
    (tmp_path / "stage" / "data").rename(tmp_path / "data" / "warung-sari")
    other = open_store(tmp_path / "data" / "toko-melati", "toko-melati")
    await other.close()
    script = "set -euo pipefail\n" + "".join(blocks("sh"))
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ran = await asyncio.to_thread(
        subprocess.run,
        ["bash", "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PATH": path, "XDG_CACHE_HOME": str(tmp_path / "cache")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert '"rule": "jam-buka"' in ran.stdout
    assert ran.stdout.count(": sound: ") == 2
    assert ran.stdout.count("what was there is set aside") == 2
    assert len(list((tmp_path / "data").glob("*.before-restore-*"))) == 2
    assert not (tmp_path / "rehearsal").exists()


@needs("systemd-analyze")
def test_the_units_of_the_page_are_units(tmp_path: Path) -> None:
    service, timer = blocks("ini")
    (tmp_path / "wabot-backup.service").write_text(re.sub(r"(?m)^ExecStart=\S+", "ExecStart=/bin/true", service))
    (tmp_path / "wabot-backup.timer").write_text(timer)
    command = ["systemd-analyze", "verify", "--man=no", str(tmp_path / "wabot-backup.timer")]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "wabot-backup" not in ran.stderr, ran.stderr


def test_the_pages_agree_on_where_the_program_and_the_backups_are() -> None:
    deploy = (ROOT / "docs" / "deploy.md").read_text("utf-8")
    (program,) = set(re.findall(r"/opt/wabot\S*/wabot\b", PAGE))
    assert f"ln -s {program} " in deploy
    assert "backup.md#every-night-by-systemd" in deploy
    upgrade = deploy[deploy.index("### 7. Upgrade") :]
    assert upgrade.index("wabot backup --data") < upgrade.index("git pull")
    (place,) = set(re.findall(r"WABOT_BACKUPS=(/\S+)", PAGE))
    assert f"--output {place}" in upgrade
    assert "`WABOT_BACKUPS`" in (ROOT / "docs" / "settings.md").read_text("utf-8")
