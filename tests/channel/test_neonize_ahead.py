"""What of neonize is imported before a session is forked, each time in a process of its own."""

import json
import subprocess
import sys
from typing import Any

LOOK = """
import json, sys, threading
from pathlib import Path
from wabot.channel.neonize import ahead

def loaded():
    return "neonize-" in Path("/proc/self/maps").read_text()
"""
TELL = """
from neonize.aioze import client, events
from neonize.utils.log import log
import neonize, neonize._binder, neonize.utils
names = [vars(module) for name, module in sys.modules.items() if name.startswith("neonize")]
left = [kept for one in names for kept in one.values() if isinstance(kept, ahead._Mark)]
print(json.dumps({
    **told,
    "go": loaded(),
    "left": len(left),
    "same": client.gocode is neonize._binder.gocode and client.ProxySettings is neonize._binder.ProxySettings
    and neonize.utils.log is log and neonize.client.log_whatsmeow is neonize.utils.log_whatsmeow,
    "proxy": client.ProxySettings(proxy_address="http://127.0.0.1:1").proxy_address,
}))
"""


def run(code: str) -> dict[str, Any]:
    ran = subprocess.run([sys.executable, "-c", LOOK + code + TELL], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    told: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return told


def test_all_of_python_is_imported_without_go_or_a_thread_and_becomes_what_a_usual_import_makes_of_it() -> None:
    told = run("""
handlers = list(__import__("logging").getLogger().handlers)
ahead.import_without_go()
told = {"ahead": "neonize.aioze.client" in sys.modules, "without go": not loaded(), "threads": threading.active_count()}
told["quiet"] = list(__import__("logging").getLogger().handlers) == handlers
told["rich"] = "rich" in sys.modules
ahead.finish()
""")
    assert told == {
        "ahead": True,
        "without go": True,
        "threads": 1,
        "quiet": True,
        "rich": False,
        "go": True,
        "left": 0,
        "same": True,
        "proxy": "http://127.0.0.1:1",
    }


def test_a_library_that_uses_what_is_imported_late_is_imported_in_the_session_but_for_its_protobufs() -> None:
    told = run("""
ahead._LATE = (*ahead._LATE, "neonize.utils.enum")  # whose names neonize uses while it is imported
ahead.import_without_go()
told = {"ahead": sorted(name for name in sys.modules if name.startswith("neonize") and "proto" not in name)}
told["protobufs"] = "neonize.proto.Neonize_pb2" in sys.modules
ahead.finish()
""")
    assert told["ahead"] == []
    assert told["protobufs"] and told["go"] and told["same"]
    assert told["left"] == 0


def test_the_fork_server_has_the_channel_and_no_go_before_a_session_is_forked() -> None:
    told = run("""
from wabot.daemon.nursery import alone
from wabot.daemon.preload import preload
preload("neonize")
needed = ("wabot.channel.neonize.channel", "wabot.channel.neonize.qr", "neonize.aioze.client")
told = {"missing": [name for name in needed if name not in sys.modules], "without go": not loaded()}
told["alone"] = alone()
ahead.finish()
""")
    assert (told["missing"], told["without go"], told["alone"]) == ([], True, True)


def test_whoever_only_reads_which_phone_is_linked_does_not_import_the_channel() -> None:
    code = "import sys, wabot.channel.neonize.linked; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    ours = {name for name in ran.stdout.split() if name.startswith("wabot.channel.neonize")}
    assert ours == {f"wabot.channel.neonize{name}" for name in ("", ".keys", ".linked", ".unusable")}
