"""A process that delivers one tenant's webhooks until it is killed: `python -m tests.api.posting DATA TENANT FOLDER`.
It waits a moment where the real one waits seconds."""

import asyncio
import sys
from pathlib import Path
from typing import Any

from wabot.api import webhook_delivery
from wabot.api.house import House
from wabot.api.outside import Outside
from wabot.session.clock import RealClock


async def main(data: Path, tenant: str, folder: Path) -> None:
    nobody: Any = None  # nobody asks here
    house = House(data, lambda: {tenant: folder}, RealClock(), nobody)
    house.parts["outside"] = Outside(private=True)
    await webhook_delivery.WebhookDelivery(house).run()


if __name__ == "__main__":
    webhook_delivery.__dict__["backoff"] = lambda _attempt: 50
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])))
