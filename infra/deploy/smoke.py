"""A look from outside, through the public address: does the stage answer as it should?"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import urllib3

from infra.deploy import say
from infra.deploy.account import Account
from infra.deploy.names import API_STAGE, NotPossible
from infra.deploy.page import CONFIG

_TRIES, _PAUSE_SECONDS = 20, 3.0
_GARBAGE = "eyJhbGciOiJub25lIn0.e30."
_http = urllib3.PoolManager(timeout=urllib3.Timeout(connect=5, read=15), retries=False)


@dataclass(frozen=True)
class Look:
    """One request and what is wrong with its answer, if anything."""

    what: str
    url: str
    wrong: Callable[[Any], str | None]
    method: str = "GET"
    headers: dict[str, str] | None = None


def looks(account: Account, api_id: str, page_url: str | None) -> list[Look]:
    """What is looked at. Through the CDN where there is one that can be reached; an emulator's cannot."""
    reached = page_url if page_url and not account.emulator else None
    api = f"{reached}/{API_STAGE}" if reached else account.api_url(api_id, API_STAGE)
    origin = {"Origin": "https://shop.example", "Access-Control-Request-Method": "GET"}
    found = [
        Look("the list of campaigns", f"{api}/v1/campaigns", _campaigns),
        Look("one's pre-orders without a token", f"{api}/v1/preorders", _status(401)),
        Look(
            "one's pre-orders with a made-up token",
            f"{api}/v1/preorders",
            _status(401),
            "GET",
            {"Authorization": _GARBAGE},
        ),
        Look("an address that is not there", f"{api}/v1/nothing-here", _status(403, 404)),
        Look("a preflight from another site", f"{api}/v1/campaigns", _allows_origin, "OPTIONS", origin),
    ]
    if reached:
        found.append(Look("the page", f"{reached}/", _page))
        found.append(Look("an address of the page", f"{reached}/campaigns/x", _page))
        found.append(Look("the page's configuration", f"{reached}/{CONFIG}", _is_json))
    return found


def look_from_outside(
    account: Account,
    api_id: str,
    page_url: str | None,
    *,
    tries: int = _TRIES,
    pause_seconds: float = _PAUSE_SECONDS,
) -> None:
    """Looks at everything; raises NotPossible with all that is wrong. New addresses take a while: it asks again."""
    failed: list[str] = []
    for look in looks(account, api_id, page_url):
        problem = _patiently(look, tries, pause_seconds)
        say.line(f"{'well' if problem is None else 'NOT WELL':9} {look.what}{f': {problem}' if problem else ''}")
        if problem:
            failed.append(f"{look.what} ({look.url}): {problem}")
    if failed:
        raise NotPossible("The stage is deployed but does not answer as it should:\n" + "\n".join(failed))


def _patiently(look: Look, tries: int, pause_seconds: float) -> str | None:
    problem = _once(look)
    for _ in range(tries - 1):
        if problem is None:
            break
        time.sleep(pause_seconds)
        problem = _once(look)
    return problem


def _once(look: Look) -> str | None:
    try:
        answer = _http.request(look.method, look.url, headers=look.headers or {})
    except urllib3.exceptions.HTTPError as problem:
        return f"no answer: {type(problem).__name__}"
    return look.wrong(answer)


def _status(*expected: int) -> Callable[[Any], str | None]:
    return lambda answer: None if answer.status in expected else f"status {answer.status}"


def _campaigns(answer: Any) -> str | None:
    if answer.status != 200:  # noqa: PLR2004
        return f"status {answer.status}: {answer.data[:200]!r}"
    return None if "items" in _parsed(answer) else "the answer is no list"


def _allows_origin(answer: Any) -> str | None:
    return (
        None if answer.headers.get("Access-Control-Allow-Origin") else f"status {answer.status}, no origin is allowed"
    )


def _page(answer: Any) -> str | None:
    if answer.status != 200 or b'<div id="page">' not in answer.data:  # noqa: PLR2004
        return f"status {answer.status}, not the page"
    missing = {"strict-transport-security", "content-security-policy"} - {name.lower() for name in answer.headers}
    return f"without {', '.join(sorted(missing))}" if missing else None


def _is_json(answer: Any) -> str | None:
    return None if answer.status == 200 and "api" in _parsed(answer) else f"status {answer.status}"  # noqa: PLR2004


def _parsed(answer: Any) -> dict[str, Any]:
    try:
        found = json.loads(answer.data)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
