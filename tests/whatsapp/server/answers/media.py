"""Where files go."""

from tests.whatsapp.server.connection import Connection
from tests.whatsapp.server.media_host import NAME
from tests.whatsapp.wire.node import Node


async def answer(_: Connection, __: Node) -> list[Node] | None:
    terms = {"auth": "anybody", "ttl": "300", "auth_ttl": "21600", "max_buckets": "12"}
    return [Node("media_conn", {**terms}, [Node("host", {"hostname": NAME})])]
