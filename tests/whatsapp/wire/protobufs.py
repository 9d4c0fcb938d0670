"""WhatsApp's protobufs, as neonize brings them; without types."""

from importlib import import_module
from typing import Any

from tests.whatsapp.wire import library

library.load()

adv: Any = import_module("neonize.proto.waAdv.WAAdv_pb2")
cert: Any = import_module("neonize.proto.waCert.WACert_pb2")
common: Any = import_module("neonize.proto.waCommon.WACommon_pb2")
e2e: Any = import_module("neonize.proto.waE2E.WAWebProtobufsE2E_pb2")
history: Any = import_module("neonize.proto.waHistorySync.WAWebProtobufsHistorySync_pb2")
sync: Any = import_module("neonize.proto.waServerSync.WAWebProtobufsServerSync_pb2")
action: Any = import_module("neonize.proto.waSyncAction.WAWebProtobufSyncAction_pb2")
wa6: Any = import_module("neonize.proto.waWa6.WAWebProtobufsWa6_pb2")
web: Any = import_module("neonize.proto.waWeb.WAWebProtobufsWeb_pb2")
