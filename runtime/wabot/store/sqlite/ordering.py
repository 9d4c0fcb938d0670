"""Orders of a shop's customers, by their number: told one by one, or looked up as a summary."""

from collections.abc import Awaitable, Callable
from typing import Any, Literal, NamedTuple

from wabot.model.message import Message
from wabot.model.orders import OrderSummary
from wabot.store.sqlite.queries import Ask

OrderStatus = Literal["placed", "paid", "shipped", "completed", "cancelled", "refunded"]
"""The last two do not count."""


class Order(NamedTuple):
    """One order. `phone` has digits only; `total` is hundredths; `at` is when it was placed, UTC milliseconds."""

    id: str
    phone: str
    total: int
    at: int
    status: OrderStatus


class Orders:
    """`wabot.ports.Orders` in SQLite; `run` does its work in a transaction of the store's."""

    def __init__(self, ask: Ask, run: Callable[..., Awaitable[Any]]) -> None:
        self._ask, self._run = ask, run

    async def looked_up(self, message: Message) -> tuple[str, int | None]:
        def work() -> tuple[str, int | None]:
            contact = self._ask("contact_of_chat", chat=message.chat).fetchone()
            phone = message.phone or ("" if contact is None else str(contact["phone"]))
            row = self._ask("order_summary", phone=phone).fetchone()
            return phone, None if row is None else int(row["fetched_at"])

        found: tuple[str, int | None] = await self._run(work, flushed=False)
        return found

    async def keep(self, phone: str, summary: OrderSummary, at: int) -> None:
        def work() -> None:
            self._ask(
                "order_summary_keep",
                phone=phone,
                orders=summary.orders,
                spent=summary.spent,
                last=summary.last_at,
                at=at,
            )
            self._ask("orders_settle", phone=phone)

        await self._run(work, flushed=False)


def orders_of(ask: Ask, phone: str) -> int:
    """How many orders this number has, whether or not there is a contact of it."""
    return int(ask("orders_counted", phone=phone).fetchone()["orders"]) if phone else 0


def tell_order(ask: Ask, order: Order, at: int) -> tuple[bool, bool]:
    """Note an order, or what became of one that is known; whether it is new, and whether anything changed. Told twice,
    it counts once."""
    before = ask("order_row", order=order.id).fetchone()
    if before is not None and _order(before) == order:
        return False, False
    ask(
        "order_told",
        order=order.id,
        phone=order.phone,
        total=order.total,
        ordered_at=order.at,
        status=order.status,
        at=at,
    )
    for phone in {order.phone, order.phone if before is None else before["phone"]}:
        ask("orders_settle", phone=phone)
    return before is None, True


def _order(row: Any) -> Order:
    return Order(row["order_id"], row["phone"], row["total"], row["ordered_at"], row["status"])
