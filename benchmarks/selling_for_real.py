"""The flash sale on DynamoDB Local, AWS's own engine, with real threads: for correctness, not for speed. 32 threads,
each a process with a memory of its own, 2,000 attempts for 500 units and 20,000 for 5,000; 5 % of the attempts repeat
an earlier one. Then everything is counted from what is stored. Needs Java."""

import io
import logging
import threading
from collections.abc import Iterator
from contextlib import redirect_stdout
from typing import Any

from benchmarks import report
from benchmarks.selling import CAMPAIGN, NEW, batches_of, campaign_of, fans, nobody_pays
from chalicelib.batches.model import Batch
from chalicelib.campaigns import store as campaigns
from chalicelib.kernel.refusals import Busy, Refusal
from chalicelib.plumbing import settings
from chalicelib.plumbing.clock import SystemIds
from chalicelib.plumbing.memory import Memory
from chalicelib.plumbing.ports import Ports
from chalicelib.plumbing.table import Table
from chalicelib.plumbing.typed_json import pack
from chalicelib.preorders import placing
from chalicelib.room import store as room
from infra.referee import dynamodb_local
from tests.conftest import ENVIRONMENT
from tests.hands import HandClock
from tests.tables import AtTheReferee, created

THREADS = 32
SIZES = ((500, 2_000), (5_000, 20_000))


class PatientClock(HandClock):
    """The tests' day, in which the campaign is open; waiting costs nothing."""

    def sleep(self, seconds: float) -> None:
        """Others run meanwhile anyway."""


def run() -> dict[str, Any]:
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    with dynamodb_local.running() as url, redirect_stdout(io.StringIO()):
        runs = [sale(AtTheReferee(url), capacity, attempts) for capacity, attempts in SIZES]
    return {"selling_for_real": runs}


def sale(tables: AtTheReferee, capacity: int, attempts: int) -> dict[str, Any]:
    """One sale; what was told, and what is stored."""
    client = tables.dynamodb()
    with created(client, "sale"):
        campaign = campaign_of(capacity)
        for item in (campaigns.item(campaign) | {"pk": f"C#{CAMPAIGN}", "sk": "META"}, *batches_of(campaign)):
            client.put_item(TableName="sale", Item=pack(item))
        worlds = [_world(tables) for _ in range(THREADS)]
        told = _crowd(worlds, attempts)
        book = Batch.model_validate(batches_of(campaign)[0]).shelf()
        claims = [
            (ref, claim.fan_id, claim.units)
            for sheet in room.every_sheet(worlds[0].table, CAMPAIGN, book)
            for ref, claim in sheet.claims.items()
        ]
    accepted = {fan: {answer for answer in answers if answer != "no"} for fan, answers in told.items()}
    winners = {fan for fan, answers in accepted.items() if answers}
    units = sum(units for _, _, units in claims)
    return {
        "units": capacity,
        "attempts": attempts,
        "sold": units,
        "oversold": max(0, units - capacity),
        "unsold": capacity - units,
        "claims_twice": len(claims) - len({ref for ref, _, _ in claims}),
        "told_and_not_stored": len(winners - {fan for _, fan, _ in claims}),
        "stored_and_not_told": len({fan for _, fan, _ in claims} - winners),
        "wrong_replays": sum(len(answers) > 1 or "no" in told[fan] for fan, answers in accepted.items() if answers),
    }


def _crowd(worlds: list[Ports], attempts: int) -> dict[str, list[str]]:
    """All answers by fan. A repeat begins only when its first attempt has been answered."""
    todo, lock = fans(attempts, seed=4), threading.Lock()
    told: dict[str, list[str]] = {}
    under_way: set[str] = set()

    def work(world: Ports) -> None:
        while True:
            with lock:
                fan = _next_free(todo, under_way)
                if fan is None:
                    return
                under_way.add(fan)
            answer = _buy(world, fan)
            with lock:
                told.setdefault(fan, []).append(answer)
                under_way.discard(fan)

    threads = [threading.Thread(target=work, args=(world,)) for world in worlds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def _next_free(todo: Iterator[str], under_way: set[str]) -> str | None:
    return next((fan for fan in todo if fan not in under_way), None)


def _buy(world: Ports, fan: str) -> str:
    while True:
        try:
            return placing.place(world, fan, CAMPAIGN, key="k", new=NEW).model_dump_json()
        except Busy:
            continue
        except Refusal:
            return "no"


def _world(tables: AtTheReferee) -> Ports:
    clock, ids, nothing = PatientClock(), SystemIds(), None
    return Ports(
        settings=settings.read(ENVIRONMENT),
        clock=clock,
        ids=ids,
        table=Table(tables.table_client(clock, ids), "sale", clock, ids),
        queues=nothing,  # type: ignore[arg-type]
        secrets=nothing,  # type: ignore[arg-type]
        outbound=nothing,  # type: ignore[arg-type]
        bus=nothing,  # type: ignore[arg-type]
        memory=Memory(clock),
        connect_gateway=nobody_pays,
    )


def table(results: dict[str, Any]) -> list[str]:
    names = [name for name in results["selling_for_real"][0] if name not in ("units", "attempts")]
    head = ["", *(f"{one['attempts']:,} attempts for {one['units']:,} units" for one in results["selling_for_real"])]
    rows = [[name.replace("_", " "), *(one[name] for one in results["selling_for_real"])] for name in names]
    return report.table(head, rows)
