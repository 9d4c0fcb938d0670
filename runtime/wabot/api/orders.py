"""`/api/orders`: what a shop's other programs tell of its customers' orders."""

from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Response
from pydantic import AwareDatetime, Field

from wabot.api.answers import Shape, answer, iso, millis
from wabot.api.contact_cards import Orders, money, orders
from wabot.api.guard import Home, Who, may
from wabot.api.problems import Problem
from wabot.model.phone import phone_number
from wabot.store.sqlite.ordering import Order, tell_order
from wabot.store.sqlite.queries import Ask

router = APIRouter(prefix="/api/orders", tags=["orders"])
_AHEAD: Final = 86_400_000
"""Milliseconds by which another machine's clock may be ahead."""


class OrderEvent(Shape):
    """One order, or what became of one that was told before (the same `orderId`). Without `at`, it was placed now."""

    phone: Annotated[str, Field(max_length=40, description="As people write it: 0812-3456-789, +62812…")]
    order_id: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^\S(.*\S)?$")]
    total: Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2)] = Decimal(0)
    at: AwareDatetime | None = None
    status: Literal["placed", "paid", "shipped", "completed", "cancelled", "refunded"] = "placed"


class OrderShape(Shape):
    order_id: str
    phone: str
    total: float
    at: str
    status: str


class OfContact(Orders):
    id: str


class Told(Shape):
    """`contact` is null while nobody of that number ever wrote or stood on a list; the order is kept for them."""

    success: bool
    created: bool
    changed: bool
    order: OrderShape
    contact: OfContact | None


@router.post(
    "",
    response_model=Told,
    responses={
        201: {"description": "It is a new order.", "model": Told},
        400: {"description": "Not understood: `fields` says what."},
    },
)
async def told(house: Home, body: OrderEvent, who: Who = may("manage_integrations")) -> Response:
    """Tell an order. Told again, it counts once; told otherwise, the last word counts. Cancelled and refunded orders do
    not count. Nobody is written to because of it."""
    now = house.clock.now()
    phone = phone_number(body.phone)
    if phone is None:
        raise Problem(400, "`phone` is no phone number.", "INVALID", fields=["body.phone: this is no phone number"])
    at = now if body.at is None else millis(body.at)
    if not 0 <= at <= now + _AHEAD:
        raise Problem(
            400, "`at` is no moment of an order.", "INVALID", fields=["body.at: in the future, or before 1970"]
        )

    def write(ask: Ask) -> tuple[bool, bool, Order, Any]:
        known = ask("order_row", order=body.order_id).fetchone()
        placed = known["ordered_at"] if known is not None and body.at is None else at
        order = Order(body.order_id, phone, int(body.total * 100), placed, body.status)
        created, changed = tell_order(ask, order, now)
        return created, changed, order, ask("contact_with_phone", phone=phone).fetchone()

    created, changed, order, contact = await house.desk(who.tenant).write(write)
    return answer(
        {
            "success": True,
            "created": created,
            "changed": changed,
            "order": {
                "orderId": order.id,
                "phone": order.phone,
                "total": money(order.total),
                "at": iso(order.at),
                "status": order.status,
            },
            "contact": None if contact is None else {"id": contact["id"], **orders(contact)},
        },
        201 if created else 200,
    )
