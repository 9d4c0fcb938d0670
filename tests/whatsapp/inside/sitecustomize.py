"""Runs at the start of a client's process: once neonize's library has been loaded, its Noise root becomes ours.

Only the memory of that process changes. The hook waits for the import of neonize, so that it also works in a process
that was forked before.
"""

import ctypes
import importlib.machinery
import importlib.util
import os
import re
import sys
from pathlib import Path

_LOADS_THE_LIBRARY = "neonize._binder"
_ROOT = bytes.fromhex("142375574d0a587166aae71ebe516437c4a28b73e3695c6ce1f7f9545da8ee6b")


def _replace(ours: bytes) -> None:
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


class _Hook:
    """Finds neonize._binder like everybody else, and acts when it has run."""

    def __init__(self, ours: bytes) -> None:
        self._ours = ours

    def find_spec(self, name, path=None, target=None):  # type: ignore[no-untyped-def]
        if name != _LOADS_THE_LIBRARY:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is None or spec.loader is None:
            return spec
        run = spec.loader.exec_module

        def exec_module(module):  # type: ignore[no-untyped-def]
            run(module)
            _replace(self._ours)

        spec.loader.exec_module = exec_module  # type: ignore[method-assign]
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


if _ours := os.environ.get("WHATSAPP_ROOT_FOR_TESTS"):
    sys.meta_path.insert(0, _Hook(bytes.fromhex(_ours)))
_run_the_next_one()
