"""WhatsApp's protobufs, as neonize brings them."""

from typing import Any

from tests.whatsapp.wire import library

library.load()

from neonize.proto.waAdv import WAAdv_pb2 as _adv  # noqa: E402
from neonize.proto.waCert import WACert_pb2 as _cert  # noqa: E402
from neonize.proto.waCommon import WACommon_pb2 as _common  # noqa: E402
from neonize.proto.waE2E import WAWebProtobufsE2E_pb2 as _e2e  # noqa: E402
from neonize.proto.waHistorySync import WAWebProtobufsHistorySync_pb2 as _history  # noqa: E402
from neonize.proto.waServerSync import WAWebProtobufsServerSync_pb2 as _sync  # noqa: E402
from neonize.proto.waSyncAction import WAWebProtobufSyncAction_pb2 as _action  # noqa: E402
from neonize.proto.waWa6 import WAWebProtobufsWa6_pb2 as _wa6  # noqa: E402
from neonize.proto.waWeb import WAWebProtobufsWeb_pb2 as _web  # noqa: E402

adv: Any = _adv
cert: Any = _cert
common: Any = _common
e2e: Any = _e2e
history: Any = _history
sync: Any = _sync
action: Any = _action
wa6: Any = _wa6
web: Any = _web
