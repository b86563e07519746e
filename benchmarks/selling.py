"""A flash sale, four attempts for each unit: the real code of pre-orders on a table in virtual time, and the usual way
(order and stock in one transaction) beside it. 5 % of the attempts repeat an earlier one; in the runs with crashes 2 %
of all calls are the last ones of their process.

`oversold`, `unsold_while_rejecting`, `stranded` and `wrong_replays` are sums over all runs of our way, with and without
crashes; the usual way's stand beside them. Write units count every call, refused ones too; `claims` are the pages,
`with_order_item` the pre-orders' own items on top.
"""

import io
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field, replace
from functools import partial
from statistics import mean, median, quantiles
from typing import Any

from benchmarks import report, usual_sale
from benchmarks.modelled_table import Crash, ModelledTable, Time
from chalicelib.batches import store as batches
from chalicelib.batches.model import Batch
from chalicelib.campaigns import store as campaigns
from chalicelib.campaigns.model import Campaign
from chalicelib.kernel import ids
from chalicelib.kernel.refusals import Busy, Refusal
from chalicelib.plumbing import settings
from chalicelib.plumbing.gateway.port import Gateway
from chalicelib.plumbing.memory import Memory
from chalicelib.plumbing.ports import Ports
from chalicelib.plumbing.table import Table
from chalicelib.plumbing.typed_json import pack
from chalicelib.preorders import placing
from chalicelib.preorders.model import NewPreorder
from chalicelib.room import store as room
from chalicelib.room.rules import path
from tests.cameras import batch_plan, new_campaign
from tests.conftest import ENVIRONMENT
from tests.invariants.checks import OF_A_PAGE

CAMPAIGN = "01900000-0000-7000-8000-000000000001"
REPEATS, CRASHES, SEEDS, AFTER = 0.05, 0.02, (4, 5, 6), 500
LARGE = (2_000, 8_000, 128)
SMALL = (500, 2_000, 32)
NEW = NewPreorder.model_validate({"lines": [{"variant": {"lens": "wide"}, "quantity": 1}]})


@dataclass(frozen=True)
class Outcome:
    """What one sale came to."""

    accepted: int
    rejected: int
    room_units: float
    order_units: float
    read_units: float
    sold_out_ms: float
    oversold: int
    unsold_while_rejecting: int
    stranded: int
    wrong_replays: int
    conflicts: int
    throttled: int
    after_units: float
    after_rejections: int
    place_ms: tuple[float, ...] = ()


@dataclass
class Notes:
    """What the fans were told."""

    told: dict[str, str] = field(default_factory=dict)
    rejected: int = 0
    unsold_while_rejecting: int = 0
    wrong_replays: int = 0
    sold_out_ms: float = 0.0
    place_ms: list[float] = field(default_factory=list)

    def note(self, fan: str, answer: str, *, left: int, ms: float, took_ms: float) -> None:
        accepted = answer != "no"
        if fan in self.told:
            self.wrong_replays += self.told[fan] != answer
        elif accepted:
            self.told[fan], self.sold_out_ms = answer, ms
            self.place_ms.append(took_ms)
        if not accepted:
            self.rejected += 1
            self.unsold_while_rejecting += left > 0


Buy = Callable[[int, str], str]


class Sale:
    """One sale by one way. `envs`: how many processes, each with its own memory."""

    def __init__(self, capacity: int, envs: int, *, seed: int, crashing: float) -> None:
        self.capacity, self.envs = capacity, envs
        self.time = Time(random.Random(seed))  # noqa: S311 - seeded, so that a run can be repeated
        self.table = ModelledTable(self.time, crashing=crashing)
        self.ids = _Ids(seed)
        self.seed = seed

    def plumbing(self) -> Table:
        return Table(self.table, "sale", self.time, self.ids)  # type: ignore[arg-type]

    def run(self, buy: Buy, left: Callable[[], int], *, attempts: int) -> Notes:
        """Every attempt, by as many clients as there are processes; each spends 1 ms of its own between two."""
        notes, todo = Notes(), fans(attempts, self.seed)
        clients = [partial(self._client, env, todo, buy, left, notes) for env in range(self.envs)]
        self.time.run(clients)
        return notes

    def _client(self, env: int, todo: Iterator[str], buy: Buy, left: Callable[[], int], notes: Notes) -> None:
        for fan in todo:
            began = self.time.ms
            try:
                answer = buy(env, fan)
            except Crash:
                continue
            room = left() if answer == "no" else 0
            notes.note(fan, answer, left=room, ms=self.time.ms, took_ms=self.time.ms - began)
            self.time.wait(1.0)

    def outcome(self, notes: Notes, buy: Buy, **found: int) -> Outcome:
        """The figures of the sale, and those of a crowd that comes when all is over."""
        self.table.crashing = 0.0
        writes, reads = Counter(self.table.writes), self.table.reads["all"]
        conflicts, throttled = self.table.conflicts, self.table.throttled
        after = self.run(lambda env, fan: buy(env, f"99999999{fan[8:]}"), lambda: 0, attempts=AFTER)
        return Outcome(
            **found,
            rejected=notes.rejected,
            room_units=writes["room"],
            order_units=writes["orders"],
            read_units=reads,
            sold_out_ms=notes.sold_out_ms,
            unsold_while_rejecting=notes.unsold_while_rejecting,
            wrong_replays=notes.wrong_replays,
            conflicts=conflicts,
            throttled=throttled,
            after_units=sum(self.table.writes.values()) - sum(writes.values()),
            after_rejections=after.rejected,
            place_ms=tuple(notes.place_ms),
        )


class _Ids:
    """Ids in a row, seeded chance."""

    def __init__(self, seed: int) -> None:
        self._chance, self._given = random.Random(seed), 0  # noqa: S311

    def new(self) -> str:
        self._given += 1
        return f"01900000-0000-7000-8000-{self._given:012x}"

    def secret(self) -> str:
        return f"{self._chance.getrandbits(128):032x}"

    def jitter(self) -> float:
        return self._chance.random()


def fans(attempts: int, seed: int) -> Iterator[str]:
    """Who tries, one after the other; some try again."""
    chance = random.Random(seed + 1)  # noqa: S311
    earlier: list[str] = []
    for number in range(attempts):
        again = bool(earlier) and chance.random() < REPEATS
        fan = chance.choice(earlier) if again else f"00000000-0000-4000-8000-{number:012d}"
        earlier.append(fan)
        yield fan


def ours(size: tuple[int, int, int], *, seed: int, crashing: float) -> Outcome:
    """Claim pages, through `placing.place` with a container's memory for each process."""
    capacity, attempts, envs = size
    sale = Sale(capacity, envs, seed=seed, crashing=0.0)
    table, campaign = sale.plumbing(), campaign_of(capacity)
    engine = sale.table.engine
    for item in (campaigns.item(campaign) | {"pk": f"C#{CAMPAIGN}", "sk": "META"}, *batches_of(campaign)):
        engine.items[item["pk"], item["sk"]] = _packed(item)
    worlds = [_world(table, sale) for _ in range(envs)]
    sale.table.crashing = crashing

    def buy(env: int, fan: str) -> str:
        for _ in range(20):
            try:
                return placing.place(worlds[env], fan, CAMPAIGN, key="k", new=NEW).model_dump_json()
            except Busy:
                continue
            except Refusal:
                return "no"
        raise AssertionError("busy for ever")

    book = Batch.model_validate(batches_of(campaign)[0]).shelf()

    def taken() -> int:
        pages = [engine.items.get(room.key(CAMPAIGN, spot)) for spot in path(book, "")]
        return sum(int(page["n"]["N"]) for page in pages if page)

    notes = sale.run(buy, lambda: capacity - taken(), attempts=attempts)
    promised = {ids.preorder_ref(key[1].removeprefix("O#")) for key in engine.items if key[0].startswith("F#")}
    held = [ref for key, page in engine.items.items() if "#P#" in key[0] for ref in page if ref not in OF_A_PAGE]
    wrong = {"oversold": max(0, len(held) - capacity, len(notes.told) - capacity)}
    stranded = sum(ref not in promised for ref in held) + taken() - len(held)
    return sale.outcome(notes, buy, accepted=taken(), **wrong, stranded=stranded)


def usual(size: tuple[int, int, int], *, seed: int, crashing: float) -> Outcome:
    """Order and stock in one transaction."""
    capacity, attempts, envs = size
    sale = Sale(capacity, envs, seed=seed, crashing=0.0)
    table = replace(sale.plumbing(), conflict_tries=1)
    engine = sale.table.engine
    engine.items[usual_sale.STOCK] = _packed({**usual_sale.STOCK._asdict(), "kind": "stock", "sold": 0})
    sale.table.crashing = crashing

    def buy(env: int, fan: str) -> str:
        del env
        answer = usual_sale.buy(table, fan, capacity=capacity)
        return "no" if answer == "sold out" else "yes"

    def taken() -> int:
        return int(engine.items[usual_sale.STOCK]["sold"]["N"])

    notes = sale.run(buy, lambda: capacity - taken(), attempts=attempts)
    orders = sum(key[0].startswith("F#") for key in engine.items)
    stranded = abs(taken() - orders)
    return sale.outcome(notes, buy, accepted=taken(), oversold=max(0, orders - capacity), stranded=stranded)


def campaign_of(capacity: int) -> Campaign:
    whole = new_campaign(batches=[batch_plan(minimum=10, capacity=capacity)], limit_per_fan=5)
    kept = {"colour": ["red"], "lens": ["wide", "tele"]}
    made = {"campaign_id": CAMPAIGN, "organiser_id": "olga", "state": "preselling", "selectable": kept}
    return Campaign.model_validate({**whole, **made, "ballot_buckets": 64, "created_at": "2026-01-01T00:00:00Z"})


def batches_of(campaign: Campaign) -> list[dict[str, Any]]:
    writes = [batches.opening(campaign, number, plan) for number, plan in enumerate(campaign.batches, start=1)]
    return [{**write.key._asdict(), **(write.attributes or {})} for write in writes]


def _packed(item: dict[str, Any]) -> Any:
    return pack(item)


def nobody_pays() -> Gateway:
    """The provider of a bench in which nobody comes to pay."""
    raise AssertionError("nobody was to be charged here")


def _world(table: Table, sale: Sale) -> Ports:
    nothing: Any = None
    return Ports(
        settings=settings.read(ENVIRONMENT),
        clock=sale.time,
        ids=sale.ids,
        table=table,
        queues=nothing,
        secrets=nothing,
        outbound=nothing,
        bus=nothing,
        memory=Memory(sale.time),
        connect_gateway=nobody_pays,
    )


def run() -> dict[str, Any]:
    """The small sale with several seeds, with and without crashes; the large one once."""
    with redirect_stdout(io.StringIO()):  # metrics go there
        calm = [(ours(SMALL, seed=seed, crashing=0.0), usual(SMALL, seed=seed, crashing=0.0)) for seed in SEEDS]
        crashed = [
            (ours(SMALL, seed=seed, crashing=CRASHES), usual(SMALL, seed=seed, crashing=CRASHES)) for seed in SEEDS
        ]
        large = ours(LARGE, seed=SEEDS[0], crashing=0.0), usual(LARGE, seed=SEEDS[0], crashing=0.0)
    mine, theirs = zip(*calm, *crashed, large, strict=True)
    return {
        **_figures([pair[0] for pair in calm]),
        **_wrongs(mine),
        "sell_out_time_ratio": round(median(_times(*pair) for pair in calm), 4),
        "selling": {
            "usual": {**_figures([pair[1] for pair in calm]), **_wrongs(theirs)},
            "large": {
                **_figures([large[0]]),
                "sell_out_time_ratio": round(large[0].sold_out_ms / large[1].sold_out_ms, 5),
            },
            "large_usual": _figures([large[1]]),
            "read_units_per_unit_sold": round(mean(one.read_units / one.accepted for one, _ in calm), 1),
            "runs": len(mine),
        },
    }


def _times(one: Outcome, other: Outcome) -> float:
    return one.sold_out_ms / other.sold_out_ms


def _figures(runs: Sequence[Outcome]) -> dict[str, float]:
    """Means over runs without crashes."""
    return {
        "wru_per_unit_sold": round(mean(one.room_units / one.accepted for one in runs), 3),
        "wru_per_unit_sold_with_order_item": round(
            mean((one.room_units + one.order_units) / one.accepted for one in runs), 3
        ),
        "wru_per_rejection_after_sold_out": round(mean(one.after_units / one.after_rejections for one in runs), 4),
        "conflicts": round(mean(one.conflicts for one in runs), 1),
        "place_ms_median": round(median(ms for one in runs for ms in one.place_ms), 1),
        "place_ms_p99": round(quantiles((ms for one in runs for ms in one.place_ms), n=100)[98], 1),
    }


def _wrongs(runs: Sequence[Outcome]) -> dict[str, int]:
    """Sums over all runs."""
    names = ("oversold", "unsold_while_rejecting", "stranded", "wrong_replays", "throttled")
    return {name: sum(getattr(one, name) for one in runs) for name in names}


def table(results: dict[str, Any]) -> list[str]:
    usual_way, large, large_usual = (results["selling"][name] for name in ("usual", "large", "large_usual"))
    rows = [
        ("write units a unit sold, claims", "<= 1.4", "wru_per_unit_sold"),
        ("the same with the pre-order's own item", "<= 2.4", "wru_per_unit_sold_with_order_item"),
        ("write units a rejection after it was sold out", "<= 0.02", "wru_per_rejection_after_sold_out"),
        ("oversold, all runs", "0", "oversold"),
        ("rejected while there was room, all runs", "0", "unsold_while_rejecting"),
        ("stranded by crashes, all runs", "0", "stranded"),
        ("repeats answered wrongly, all runs", "0", "wrong_replays"),
        ("modelled ms to a place, median", "", "place_ms_median"),
        ("modelled ms to a place, 99th of 100", "", "place_ms_p99"),
        ("time to sell out, against the usual way", "<= 1/24 = 0.0417", "sell_out_time_ratio"),
    ]
    head = ["", "goal", "ours", "usual way", "ours, 2,000 units, 128 clients", "usual way there"]
    cells = [
        (what, goal, results[name], usual_way.get(name, 1), large.get(name, ""), large_usual.get(name, ""))
        for what, goal, name in rows
    ]
    return report.table(head, cells)
