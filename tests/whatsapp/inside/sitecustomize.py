"""Runs at the start of a client's process: once neonize's library has been loaded, its Noise root becomes ours.

Only the memory of that process changes. The hook waits for imports, so that it also works in a process that was forked
before. `WHATSAPP_TESTS_SPREAD` sets the milliseconds by which chance delays a reply, so that tests do not wait for it.
`WHATSAPP_TESTS_SPELL` has codes that are drawn on a terminal spelt below, for those who have no camera.
"""

import ctypes
import importlib.machinery
import importlib.util
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

_ROOT = bytes.fromhex("142375574d0a587166aae71ebe516437c4a28b73e3695c6ce1f7f9545da8ee6b")


def _trust_ours(_: object) -> None:
    ours = bytes.fromhex(os.environ["WHATSAPP_ROOT_FOR_TESTS"])
    hits = []
    with Path("/proc/self/maps").open(encoding="utf-8") as maps:
        for line in maps:
            if re.search(r"neonize-\S+\.so", line) and " rw-p " in line:
                start, end = (int(part, 16) for part in line.split(" ", 1)[0].split("-"))
                memory = ctypes.string_at(start, end - start)
                hits += [start + hit.start() for hit in re.finditer(re.escape(_ROOT), memory)]
    if len(hits) != 1:
        raise ImportError(f"WhatsApp's root key stands {len(hits)} times in neonize's library, not once")
    ctypes.memmove(hits[0], ours, len(ours))


def _spread(effects: Any) -> None:
    effects.SPREAD = int(os.environ["WHATSAPP_TESTS_SPREAD"])


def _spell(qr: Any) -> None:
    draw = qr.draw
    qr.draw = lambda code: f"{draw(code)}\n<{code}>\n"


_HOOKS: dict[str, tuple[str, Callable[[Any], None]]] = {
    "neonize._binder": ("WHATSAPP_ROOT_FOR_TESTS", _trust_ours),
    "wabot.engine.effects": ("WHATSAPP_TESTS_SPREAD", _spread),
    "wabot.channel.neonize.qr": ("WHATSAPP_TESTS_SPELL", _spell),
}
"""What happens once a module has run, if a variable of that name is set."""


class _Finder:
    """Finds these modules like everybody else, and acts when they have run."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        variable, act = _HOOKS.get(name, ("", None))
        if act is None or variable not in os.environ:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is None or spec.loader is None:
            return spec
        run = spec.loader.exec_module

        def exec_module(module: Any) -> None:
            run(module)
            act(module)

        vars(spec.loader)["exec_module"] = exec_module  # found before the class's own
        return spec


def _run_the_next_one() -> None:
    """Python runs only the first sitecustomize that it finds."""
    here = Path(__file__).resolve().parent
    for folder in sys.path:
        other = Path(folder or ".").resolve() / "sitecustomize.py"
        if other.parent != here and other.is_file():
            spec = importlib.util.spec_from_file_location("sitecustomize", other)
            if spec and spec.loader:
                spec.loader.exec_module(importlib.util.module_from_spec(spec))
            return


sys.meta_path.insert(0, _Finder())
_run_the_next_one()
