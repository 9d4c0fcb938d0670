"""What of neonize can be imported before a session's process is forked: all of Python that it needs, and nothing of Go.

The Go library starts threads when it loads, and neonize loads it when the package is imported; a process with threads
must not be forked. neonize's own protobufs are modules that need nothing of the rest. `neonize.utils` starts a thread
of its own, so it waits for the session, too.
"""

import importlib
import sys
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Final

_PACKAGE: Final = "neonize"
_LIBRARIES: Final = (
    "bs4",
    "concurrent.futures.process",
    "ctypes.util",
    "google.protobuf.message",
    "httpx",
    "linkpreview",
    "linkpreview.exceptions",
    "magic",
    "PIL.Image",
    "PIL.ImageSequence",
    "phonenumbers",
    "requests",
    "segno",
    "tqdm",
)
"""What neonize imports from elsewhere."""
_PARTS: Final = (
    "proto.Neonize_pb2",
    "proto.waE2E.WAWebProtobufsE2E_pb2",
    "proto.waHistorySync.WAWebProtobufsHistorySync_pb2",
    "proto.waCommon.WACommon_pb2",
    "proto.waCompanionReg.WAWebProtobufsCompanionReg_pb2",
    "proto.waConsumerApplication.WAConsumerApplication_pb2",
    "proto.waMsgApplication.WAMsgApplication_pb2",
)


def import_without_go() -> None:
    """Import them. Whatever cannot be imported is left to the session, which says what is missing."""
    for name in _LIBRARIES:
        _import(name)
    spec = find_spec(_PACKAGE)
    if _PACKAGE in sys.modules or spec is None or spec.origin is None:
        return
    # The package's own __init__ would load Go: a stand-in lets the parts find each other meanwhile.
    stand_in = ModuleType(_PACKAGE)
    stand_in.__path__ = [str(Path(spec.origin).parent)]
    sys.modules[_PACKAGE] = stand_in
    try:
        for part in _PARTS:
            _import(f"{_PACKAGE}.{part}")
    finally:
        del sys.modules[_PACKAGE]


def _import(name: str) -> None:
    try:
        importlib.import_module(name)
    except Exception:  # a library may fail in any way, and whoever needs it meets the same
        return
