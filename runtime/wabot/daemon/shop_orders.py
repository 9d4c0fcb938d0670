"""How a session asks a shop's own system for orders: with the guard that keeps it out of private networks."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from wabot.session.orders import LookupFailed

if TYPE_CHECKING:
    from wabot.api.outside import Outside


class ShopOrders:
    """`wabot.session.orders.AskShop` over HTTP. `private` opens addresses of this machine and of private networks."""

    def __init__(self, private: bool) -> None:
        self._private = private
        self._outside: Outside | None = None

    async def __call__(self, url: str, headers: Mapping[str, str], seconds: float, most: int) -> tuple[int, bytes]:
        from wabot.api import outside  # httpx: most sessions ask nobody

        if self._outside is None:
            self._outside = outside.Outside(private=self._private)
        body = b""
        try:
            async with self._outside.ask("GET", url, headers=headers, seconds=seconds) as answer:
                async for piece in answer.pieces():
                    body += piece
                    if len(body) > most:
                        raise LookupFailed(f"the answer is longer than {most:,} bytes")
                return answer.status, body
        except (outside.Forbidden, outside.Unreachable) as error:
            raise LookupFailed(str(error)) from error
