"""Numbers of customers, as logs and alerts may hold them."""


def masked(phone: str) -> str:
    """6281234567890 → 6281…890: enough to tell two apart, too little to call."""
    return f"{phone[:4]}…{phone[-3:]}" if len(phone) > 8 else "…"
