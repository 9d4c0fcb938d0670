"""What runs inside the client's process."""

import os
from pathlib import Path

from tests.whatsapp.bare.client import Client
from tests.whatsapp.paired import Paired
from tests.whatsapp.whatsapp import INSIDE, WhatsApp

FORKS = """
import os, sys
import wabot.channel.neonize.keys
assert not any(name.split(".")[0] == "neonize" for name in sys.modules)
if child := os.fork():
    os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
from tests.whatsapp.bare.__main__ import main
main()
"""


async def test_a_process_that_was_forked_before_it_loaded_the_library_logs_in(
    whatsapp: WhatsApp, paired_once: Paired, place: Path
) -> None:
    phone = paired_once.on(whatsapp)
    paired_once.copy_to(place / "keys.db")
    client = await Client.start(whatsapp, place / "keys.db", "-c", FORKS)
    await client.tells("Connected")
    await phone.connected()
    assert await client.end() == 0


async def test_another_sitecustomize_of_the_machine_still_runs(
    whatsapp: WhatsApp, paired_once: Paired, place: Path
) -> None:
    paired_once.on(whatsapp)
    paired_once.copy_to(place / "keys.db")
    other = place / "other"
    other.mkdir()
    (other / "sitecustomize.py").write_text(f"open({str(place / 'ran')!r}, 'w').close()\n")
    client = await Client.start(whatsapp, place / "keys.db", PYTHONPATH=os.pathsep.join((str(INSIDE), str(other))))
    await client.tells("Connected")
    assert (place / "ran").exists()
    await client.end()
