"""AWS's request signature, version 4, for one kind of request: a POST of JSON to `/` of one service in one region.

Source: *Signature Version 4 signing process*, AWS documentation. Held to botocore's signer by tests.
"""

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache


@dataclass(frozen=True)
class Credentials:
    """Whose requests these are, and where they go. The secret never leaves this process."""

    access_key: str
    secret_key: str = field(repr=False)
    token: str | None = field(repr=False)
    region: str
    service: str


def signed(headers: dict[str, str], body: bytes, who: Credentials, now: datetime) -> dict[str, str]:
    """The headers with date, token and signature. `headers` are all that is signed, names in small letters, host
    among them."""
    stamp = now.strftime("%Y%m%dT%H%M%SZ")
    complete = {**headers, "x-amz-date": stamp} | ({"x-amz-security-token": who.token} if who.token else {})
    names = ";".join(sorted(complete))
    lines = "".join(f"{name}:{complete[name]}\n" for name in sorted(complete))
    canonical = f"POST\n/\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    scope = f"{stamp[:8]}/{who.region}/{who.service}/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.digest(_key(who.secret_key, stamp[:8], who.region, who.service), text.encode(), "sha256").hex()
    authorization = (
        f"AWS4-HMAC-SHA256 Credential={who.access_key}/{scope}, SignedHeaders={names}, Signature={signature}"
    )
    return {**complete, "authorization": authorization}


@lru_cache(maxsize=4)
def _key(secret_key: str, day: str, region: str, service: str) -> bytes:
    """The key of a day."""
    key = f"AWS4{secret_key}".encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key
