"""What is known of a customer's orders."""

from wabot.model.value import value


@value
class OrderSummary:
    """How many orders a customer has placed, for how much altogether (hundredths), and when last (UTC milliseconds)."""

    orders: int
    spent: int = 0
    last_at: int | None = None
