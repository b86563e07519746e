"""Five ways in which one call of a function can fail."""

from typing import Literal

from botocore.exceptions import BotoCoreError, ClientError, ConnectTimeoutError, ReadTimeoutError

from chalicelib.plumbing.gateway.port import TryLater, Unknown
from tests.races.engine import refused

Kind = Literal["throttled", "refused", "lost", "dies before", "dies after"]
# F1, F2, F4, and F5 twice: turned away; not reached; its answer lost after it took effect; the caller gone before it,
# or after it.
KINDS: tuple[Kind, ...] = ("throttled", "refused", "lost", "dies before", "dies after")
AFTERWARDS = ("lost", "dies after")
OF_THE_PROVIDER = ("provider", "provider_look_up")


class Crash(BaseException):
    """The function is gone: nothing of it runs any more."""


FAILURES = (Crash, BotoCoreError, ClientError, Unknown, TryLater)


def failure(kind: Kind, call: str) -> BaseException:
    """What the one who makes this call hears."""
    if kind in ("dies before", "dies after"):
        return Crash()
    if call in OF_THE_PROVIDER:
        return TryLater() if kind == "throttled" else Unknown()
    if kind == "throttled":
        return refused("ProvisionedThroughputExceededException", "too many requests", call)
    silence = ConnectTimeoutError if kind == "refused" else ReadTimeoutError
    return silence(endpoint_url="memory:")


class Failing:
    """A hook that counts the calls, and lets some of them fail: each by its number, in its way."""

    def __init__(self, plan: dict[int, Kind]) -> None:
        self.plan, self.calls = plan, 0

    def __call__(self, when: Literal["before", "after"], call: str) -> None:
        self.calls += when == "before"
        kind = self.plan.get(self.calls)
        if kind is not None and (when == "after") == (kind in AFTERWARDS):
            raise failure(kind, call)
