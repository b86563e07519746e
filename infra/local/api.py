"""Groundswell's HTTP API as its callers see it: for the sample manufacturer, the sample campaign and the crowd."""

import json
from http import HTTPStatus
from typing import Any

import urllib3


class Unexpected(Exception):  # noqa: N818 - told as a fact, like a refusal
    """The API answered otherwise than the caller counted on. The text has the address, the status and the answer."""


class Api:
    """JSON over kept-alive connections, from several threads. Nothing is repeated behind the caller's back."""

    def __init__(self, url: str, *, connections: int = 8) -> None:
        self.url = url.rstrip("/")
        self._pool = urllib3.PoolManager(maxsize=connections, retries=False, timeout=urllib3.Timeout(30.0))

    def ask(
        self, method: str, path: str, *, token: str | None = None, body: Any = None, key: str | None = None
    ) -> tuple[int, Any]:
        """Status and decoded answer, whatever they are. `key` is the idempotency key."""
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if key:
            headers["Idempotency-Key"] = key
        content = None if body is None else json.dumps(body)
        reply = self._pool.request(method, f"{self.url}{path}", body=content, headers=headers)
        return reply.status, json.loads(reply.data) if reply.data else None

    def must(self, method: str, path: str, **options: Any) -> Any:
        """The answer, if the status is one of success. Raises Unexpected."""
        status, answer = self.ask(method, path, **options)
        if status >= HTTPStatus.BAD_REQUEST:
            raise Unexpected(f"{method} {path} answered {status}: {answer}")
        return answer
