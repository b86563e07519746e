"""Who used what: request units, calls, messages, invocations and log lines, booked on the function that is running."""

import io
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from typing import Any

from benchmarks.metering import Charge, Index, Item, Metered

# What Lambda's poller asks of a queue for one batch: it receives it, and deletes it.
POLLED = 2
FIGURES = ("wru", "rru", "calls", "sqs", "events", "lambda_invocations", "log_lines", "log_bytes")


class Stdout:
    """Writes to standard output as it is at that moment: powertools' logger would keep the one of its birth."""

    def write(self, text: str) -> int:
        return sys.stdout.write(text)

    def flush(self) -> None:
        sys.stdout.flush()


class Ledger:
    """The books of one world. Calls outside of any function are nobody's and not booked."""

    def __init__(self, look: Callable[[Item], Item | None], over: tuple[Index, ...]) -> None:
        self._metered = Metered(look, over, self._charge)
        self._function = ""
        self.metric_names: set[str] = set()
        self.clear()

    def clear(self) -> None:
        self._used: dict[str, Counter[str]] = defaultdict(Counter)
        self.written: Counter[str] = Counter()

    def watch(self, events: Any) -> None:
        """Takes a boto3 session's event hooks, before its clients are made."""
        self._metered.watch(events)
        events.register("before-parameter-build.sqs.SendMessage", lambda **_: self._add("sqs", 1))
        events.register("before-parameter-build.events.PutEvents", self._announced)

    @contextmanager
    def running(self, function: str, *, polled: bool = False) -> Iterator[None]:
        """One invocation of a function. `polled`: its event came from a queue."""
        said = io.StringIO()
        self._function, self._metered.on = function, True
        self._add("lambda_invocations", 1)
        self._add("sqs", POLLED if polled else 0)
        try:
            with redirect_stdout(said):
                yield
        finally:
            self._logged(said.getvalue().splitlines())
            self._function, self._metered.on = "", False

    def taken(self, *, per: int = 1) -> dict[str, dict[str, float]]:
        """What was used since the last time, by function and in total, for each of so many requests."""
        total: Counter[str] = Counter()
        for used in self._used.values():
            total.update(used)
        whole = {**self._used, "total": total}
        figures = {name: _divided(used, per) for name, used in whole.items()}
        self.clear()
        return figures

    def _charge(self, charges: list[Charge]) -> None:
        self._add("calls", 1)
        for charge in charges:
            self._add("wru", charge.wru)
            self._add("rru", charge.rru)
            self.written[charge.kind] += charge.wru  # type: ignore[assignment]

    def _announced(self, params: dict[str, Any], **_: Any) -> None:
        self._add("events", len(params["Entries"]))

    def _logged(self, lines: list[str]) -> None:
        self._add("log_lines", len(lines))
        self._add("log_bytes", sum(len(line.encode()) for line in lines))
        for line in lines:
            for directive in json.loads(line).get("_aws", {}).get("CloudWatchMetrics", ()):
                self.metric_names |= {metric["Name"] for metric in directive["Metrics"]}

    def _add(self, figure: str, amount: float) -> None:
        if self._function:
            self._used[self._function][figure] += amount  # type: ignore[assignment]


def _divided(used: Counter[str], per: int) -> dict[str, float]:
    """Whole figures stay whole numbers, so that the file reads like a bill."""
    shares = {figure: round(used[figure] / per, 4) for figure in FIGURES}
    return {figure: int(share) if share == int(share) else share for figure, share in shares.items()}
