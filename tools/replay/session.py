"""What a replay runs with, and how it spreads work over threads and waits for the background to come to rest."""

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from tqdm import tqdm

from chalicelib.plumbing.clock import Clock
from tools.replay.calls import Calls

T = TypeVar("T")
# What has not changed for so long does not move any more.
STILL_SECONDS, LOOK_SECONDS = 120.0, 0.5
# A look may be a scan of the table: most of the time must be left to what is being waited for.
PAUSES_PER_LOOK, LONGEST_PAUSE_SECONDS = 5, 30.0
ORGANISER = "Replay organiser"


class TokenOf(Protocol):
    """Signs somebody in: the token of a person with this name and role."""

    def __call__(self, name: str, role: Any) -> str: ...


@dataclass
class Session:
    """One replay against one server. The units of an order file fill about so many `batches`."""

    calls: Calls
    token_of: TokenOf
    clock: Clock
    manufacturer_id: str
    workers: int = 8
    batches: int = 24
    quiet: bool = False

    @property
    def organiser(self) -> str:
        """The organiser's token."""
        return self.token_of(ORGANISER, "organiser")

    def progress(self, total: int, what: str, unit: str) -> Any:
        """A bar on standard error."""
        return tqdm(total=total, desc=f"{what:<12}", unit=f" {unit}", disable=self.quiet, mininterval=0.5)

    def spread(self, shares: Sequence[Iterable[T]], act: Callable[[T], None], bar: Any) -> None:
        """Each share in order by a thread of its own. Raises what the first failing one raised, when all have ended."""
        failed: list[BaseException] = []
        threads = [threading.Thread(target=_work, args=(share, act, bar, failed), daemon=True) for share in shares]
        for thread in threads:
            thread.start()
        try:
            for thread in threads:
                thread.join()
        except KeyboardInterrupt as stop:
            failed.append(stop)  # the others end with what they are at
        if failed:
            raise failed[0]

    def wait(self, look: Callable[[], tuple[bool, Any]], *, still_seconds: float = STILL_SECONDS) -> bool:
        """Looks until it is done, or until what it sees is the same for so long. Answers whether it was done."""
        seen: Any = None
        same_seconds = 0.0
        while same_seconds < still_seconds:
            began = self.clock.monotonic()
            done, now = look()
            if done:
                return True
            took = self.clock.monotonic() - began
            pause = min(LONGEST_PAUSE_SECONDS, max(LOOK_SECONDS, PAUSES_PER_LOOK * took))
            same_seconds = same_seconds + pause if now == seen else 0.0
            seen = now
            self.calls.pause(pause)
        return False


def _work(share: Iterable[T], act: Callable[[T], None], bar: Any, failed: list[BaseException]) -> None:
    try:
        for one in share:
            if failed:
                return
            act(one)
            bar.update()
    except BaseException as error:  # noqa: BLE001 - told to the thread that waits
        failed.append(error)
