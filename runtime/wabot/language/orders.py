"""Where the orders of a tenant's customers are looked up."""

from wabot.model.value import value


@value
class OrdersLookup:
    """`url` has `{phone}` where the customer's number goes; `header` bears the node's secret for this tenant. A summary
    is good for `cache` milliseconds; a request has `timeout` milliseconds."""

    url: str
    header: str = "Authorization"
    cache: int = 3_600_000
    timeout: int = 5_000
