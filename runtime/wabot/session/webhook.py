"""Posting an alert to the operator's own webhook, signed as Standard Webhooks asks (standardwebhooks.com).

httpx is imported when the first alert is posted, not before: most sessions never post one.
"""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from wabot.model.alert import StoredAlert
from wabot.model.errors import WabotError

_TIMEOUT: Final = 10.0
"""Seconds for one attempt, from the connection to the answer's status."""


class NotDelivered(WabotError):
    """The alert did not arrive, or nobody can tell; trying again later is safe: it bears the same id."""


class Webhook:
    """The operator's receiver at `url`, an http(s) URL; `key` signs."""

    def __init__(self, url: str, key: bytes) -> None:
        self._url, self._key = url, key

    async def post(self, alert: StoredAlert, now: int) -> int:
        """Post an alert; the status of the answer, which is one of success.

        Raises:
            NotDelivered: it did not arrive, or the receiver did not take it. The text holds neither URL nor secret.
        """
        import httpx

        body = payload(alert)
        headers = {"content-type": "application/json", "user-agent": "wabot"}
        headers |= signed((self._key,), alert.id, now, body)
        try:
            async with (
                asyncio.timeout(_TIMEOUT),
                httpx.AsyncClient(timeout=_TIMEOUT, follow_redirects=False) as client,
                # The answer's body is not read: it may be endless.
                client.stream("POST", self._url, content=body, headers=headers) as answer,
            ):
                if answer.is_success:
                    return answer.status_code
                raise NotDelivered(f"the webhook answered {answer.status_code}")
        except TimeoutError as error:
            raise NotDelivered(f"the webhook did not answer within {_TIMEOUT:g} s") from error
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise NotDelivered(f"the webhook cannot be reached ({type(error).__name__})") from error


def signed(keys: Iterable[bytes], id: str, now: int, body: bytes) -> dict[str, str]:
    """The headers by which a receiver knows that the body is ours, and which event it is; signed with each of the
    keys."""
    at = str(now // 1000)
    text = b".".join((id.encode(), at.encode(), body))
    macs = (base64.b64encode(hmac.digest(key, text, hashlib.sha256)).decode() for key in keys)
    return {"webhook-id": id, "webhook-timestamp": at, "webhook-signature": " ".join(f"v1,{mac}" for mac in macs)}


def payload(alert: StoredAlert) -> bytes:
    """What is posted. `data.tenant` is "" for an alert about the node."""
    told = {
        "type": f"alert.{alert.kind}",
        "timestamp": datetime.fromtimestamp(alert.raised / 1000, UTC).isoformat(timespec="milliseconds"),
        "data": {
            "id": alert.id,
            "tenant": alert.tenant,
            "kind": alert.kind,
            "text": alert.text,
            "count": alert.count,
        },
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
