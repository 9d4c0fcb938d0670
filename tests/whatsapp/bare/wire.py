"""What a test and the client's process say to each other: lines of JSON, in which values keep their kinds."""

import base64
from typing import Any, Final, NamedTuple

PRINTED: Final = "printed.log"
"""Beside the key store: what the library prints, its last words above all."""


class Member(NamedTuple):
    """A member of one of the library's enums: Member("Presence", "AVAILABLE")."""

    enum: str
    name: str


def pack(value: Any) -> Any:
    """Bytes, addresses, members of enums and protobufs become JSON; all else is JSON already."""
    if isinstance(value, bytes):
        return {"bytes": base64.b64encode(value).decode()}
    if isinstance(value, Member):
        return {"member": list(value)}
    if hasattr(value, "SerializeToString"):
        body = base64.b64encode(value.SerializePartialToString()).decode()
        return {"protobuf": type(value).__name__, "body": body}
    if hasattr(value, "of_device"):
        return {"jid": list(value)}
    if isinstance(value, (list, tuple)):
        return [pack(one) for one in value]
    return value


def unpack(value: Any, protobufs: Any) -> Any:
    """The other way round. `protobufs` are the modules that may know a protobuf, by name; JIDs stay lists."""
    if isinstance(value, list):
        return [unpack(one, protobufs) for one in value]
    if not isinstance(value, dict):
        return value
    if "bytes" in value:
        return base64.b64decode(value["bytes"])
    if "protobuf" in value:
        kind = next(getattr(module, value["protobuf"]) for module in protobufs if hasattr(module, value["protobuf"]))
        return kind.FromString(base64.b64decode(value["body"]))
    return value
