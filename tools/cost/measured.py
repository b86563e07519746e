"""What is known and what is assumed: quantities from the benchmarks, the stack and the app's configuration; guesses by
name, each with its reason."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from infra.deploy.gateway import ACCESS_LOG
from infra.local import resources

ROOT = Path(__file__).resolve().parents[2]
RESULTS, CONFIG = ROOT / "benchmarks" / "results.json", ROOT / ".chalice" / "config.json"

# No AWS account was used, so that all that only the cloud can show is assumed.
API_MS, BACKGROUND_MS, IDLE_MS = 40, 100, 20
COLD_SHARE, COLD_MS = 0.002, 1000
HEADER_BYTES = 500
SECONDS_PER_VIEW, POLL_SECONDS, ORIGIN_SHARE = 60, 3, 0.01
QUOTES, LOOKS, BATCH = 3, 3, 500
POLLERS, LONG_POLL_SECONDS, MANUFACTURERS = 5, 20, 1
MONTH_MINUTES = 730 * 60
ASSUMED = f"""\
- Lambda takes {API_MS} ms for a request, {BACKGROUND_MS} ms in the background, {IDLE_MS} ms for a quiet tick;
  {COLD_SHARE:.1%} of the calls start cold and take {COLD_MS:,} ms more.
- An answer carries {HEADER_BYTES} bytes of headers. People are in the United States: elsewhere the CDN costs up to
  2.2 times as much.
- A page view stays {SECONDS_PER_VIEW} s in a voting and asks for the tally every {POLL_SECONDS} s, as web/ does;
  {ORIGIN_SHARE:.0%} of what it asks reaches the API, the CDN answers the rest.
- A pre-order comes after {QUOTES} quotes and is looked at {LOOKS} times until it is secured; {BATCH} make a batch.
- Lambda asks an idle queue with {POLLERS} pollers, for {LONG_POLL_SECONDS} s each.
- Lambda's own three lines of an invocation, and the values in the access log, are as long as the samples in
  tools/cost/measured.py; CloudWatch adds 26 bytes to each line."""

_ID = "0" * 36
_REPORTED = "Duration: 38.51 ms\tBilled Duration: 39 ms\tMemory Size: 512 MB\tMax Memory Used: 118 MB"
PLATFORM_LINES = (
    f"START RequestId: {_ID} Version: $LATEST",
    f"END RequestId: {_ID}",
    f"REPORT RequestId: {_ID}\t{_REPORTED}",
)
_VALUES = (
    _ID,
    "1795262400000",
    "203.0.113.255",
    "PUT",
    "/v1/campaigns/{campaign_id}/ballot",
    "200",
    "45",
    "42",
    "130",
    "-",
)
ACCESS_LINE = json.dumps(dict(zip(ACCESS_LOG, _VALUES, strict=True)))
LINE_BYTES, ITEM_BYTES = 26, 100

# Quantities of what is priced, by names of the price table.
Used = dict[str, float]


def log_bytes(*lines: str) -> int:
    return sum(len(line) + LINE_BYTES for line in lines)


@dataclass(frozen=True)
class Measured:
    """The quantities, by the names of the files that hold them."""

    results: dict[str, Any]
    config: dict[str, Any]
    stack: dict[str, Any]

    def used(self, path: str, *functions: str, times: float = 1) -> Used:
        """What a path takes, in all or in some functions, as quantities of what is priced."""
        figures = self.results["request_units"][path]
        chosen = functions or tuple(name for name in figures if name != "total")
        return multiplied(together(*(self._priced(function, figures[function]) for function in chosen)), times)

    def _priced(self, function: str, figures: dict[str, float]) -> Used:
        calls, requests = figures["lambda_invocations"], figures["lambda_invocations"] if function == "api" else 0
        milliseconds = (API_MS if requests else BACKGROUND_MS) + COLD_SHARE * COLD_MS
        said = figures["log_bytes"] + LINE_BYTES * figures["log_lines"]
        return {
            **{name: figures[name] for name in ("wru", "rru", "sqs", "events")},
            "rest": requests,
            "invocation": calls,
            "compute": calls * milliseconds / 1000 * self.memory_gb(function),
            "logged": said + calls * log_bytes(*PLATFORM_LINES) + requests * log_bytes(ACCESS_LINE),
        }

    def memory_gb(self, function: str) -> float:
        own = self.config.get("lambda_functions", {}).get("api_handler" if function == "api" else function, {})
        return float(own.get("lambda_memory_size", self.config["lambda_memory_size"])) / 1024

    @cached_property
    def ticking(self) -> tuple[str, ...]:
        """The functions that fire every minute."""
        return tuple(name for name in self.results["request_units"]["idle_minute"] if name != "total")

    def count(self, kind: str) -> int:
        return sum(resource["Type"] == kind for resource in self.stack["Resources"].values())

    @property
    def limits(self) -> int:
        """Rules of the rate limits."""
        acls = [it["Properties"] for it in self.stack["Resources"].values() if it["Type"] == "AWS::WAFv2::WebACL"]
        return sum(len(acl["Rules"]) for acl in acls)

    @property
    def watched_metrics(self) -> int:
        """An alarm is priced by the metrics that it looks at: one, or those of its expression."""
        alarms = [it["Properties"] for it in self.stack["Resources"].values() if it["Type"] == "AWS::CloudWatch::Alarm"]
        return sum(
            sum("MetricStat" in metric for metric in alarm["Metrics"]) if "Metrics" in alarm else 1 for alarm in alarms
        )


def together(*several: Used) -> Used:
    """The sum of each quantity."""
    return {name: sum(used.get(name, 0) for used in several) for used in several for name in used}


def multiplied(used: Used, times: float) -> Used:
    return {name: quantity * times for name, quantity in used.items()}


def read(results: Path = RESULTS) -> Measured:
    """Raises FileNotFoundError with the next step when the benchmarks have not been run."""
    if not results.exists():
        raise FileNotFoundError(f"{results.name} is missing: run `make bench` first")
    return Measured(json.loads(results.read_text()), json.loads(CONFIG.read_text()), resources.template())
