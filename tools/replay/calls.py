"""Calls to the API: counted, and repeated where the API itself asks for that."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from urllib3.exceptions import HTTPError

TRIES = 8
NO_ANSWER = 0
_GOOD, _BROKEN = range(200, 300), range(500, 600)


class Ask(Protocol):
    """One HTTP request: status and decoded answer, whatever they are. May be called by several threads."""

    def __call__(
        self, method: str, path: str, *, token: str | None = None, body: Any = None, key: str | None = None
    ) -> tuple[int, Any]: ...


class Answer(NamedTuple):
    """The last answer to a request. `code` is `ok` or the stable code of the refusal."""

    status: int
    body: Any

    @property
    def ok(self) -> bool:
        return self.status in _GOOD

    @property
    def passing(self) -> bool:
        """Whether asking again can help."""
        return self.code == "busy" or self.status in _BROKEN or self.status == NO_ANSWER

    @property
    def code(self) -> str:
        if self.ok:
            return "ok"
        if self.status == NO_ANSWER:
            return "no_answer"
        named = self.body.get("code") if isinstance(self.body, dict) else None
        return str(named or f"status_{self.status}")


class Unexpected(Exception):  # noqa: N818 - a fact about the other side
    """The API refused something without which the replay cannot go on."""


@dataclass
class Calls:
    """Counts what goes out and what is refused. Busy, unavailable and silent answers are asked again, up to 8 times in
    all, with the same idempotency key; each of them is counted as a refusal."""

    ask: Ask
    pause: Callable[[float], None] = time.sleep
    requests: int = 0
    refusals: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, method: str, path: str, **options: Any) -> Answer:
        answer = Answer(NO_ANSWER, None)
        for tries in range(TRIES):
            answer = self._once(method, path, options)
            if not answer.passing:
                break
            self.pause(0.05 * 2**tries)
        return answer

    def must(self, method: str, path: str, **options: Any) -> Any:
        """The body of a good answer. Raises Unexpected."""
        answer = self(method, path, **options)
        if not answer.ok:
            raise Unexpected(f"{method} {path} was answered with {answer.status} {answer.code}: {answer.body}")
        return answer.body

    def pages(self, path: str, **options: Any) -> list[Any]:
        """All items of a paged list."""
        items: list[Any] = []
        cursor = ""
        while True:
            page = self.must("GET", f"{path}?limit=100{cursor}", **options)
            items += page["items"]
            if page["next_cursor"] is None:
                return items
            cursor = f"&cursor={page['next_cursor']}"

    def _once(self, method: str, path: str, options: dict[str, Any]) -> Answer:
        try:
            answer = Answer(*self.ask(method, path, **options))
        except (HTTPError, OSError, ValueError):  # ValueError: an answer that is no JSON
            answer = Answer(NO_ANSWER, None)
        with self._lock:
            self.requests += 1
            if not answer.ok:
                self.refusals[answer.code] += 1
        return answer
