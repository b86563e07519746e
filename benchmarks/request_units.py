"""What each path costs: request units by rule, calls, messages, invocations, log lines; alone, and per function.

Everything is counted on a whole world on moto, from the calls that are really made (see `metering`). Clock and ids are
the tests', so two runs give the same bytes.
"""

import gzip
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import report
from benchmarks.scene import Notes, Scene, fan, opened
from chalicelib.ballots import proof
from chalicelib.ballots import store as ballots
from chalicelib.campaigns import store as campaigns
from chalicelib.kernel import ids, instants
from chalicelib.manufacturing import store as orders
from chalicelib.plumbing import ports
from infra.local import environment
from tests import examples

Figures = dict[str, dict[str, float]]
BUILT = environment.ROOT / "web" / "dist"
SHOWN = ("wru", "rru", "calls", "sqs", "lambda_invocations")
Paths = Iterable[tuple[str, Figures]]
FOLDED, RECOUNTED, BUSY_PREORDERS, PAGE, LINES = 250, 1000, 10, 25, 100
# Two sizes of a batch: what it costs for itself, and what each of its pre-orders adds.
FEW, MORE = 5, 15
FRESH_SECONDS, MINUTE = 2, 60
# Parts of the page that are fetched when they are shown, and that somebody who votes sees.
VISITED = ("Voting", "en")
FOLD = f"fold_of_{FOLDED}_votes"


def votes(scene: Scene) -> Paths:
    """Containers remember a campaign for two seconds, as deployed; time stands still but where it is moved."""
    settings = scene.world.settings.model_copy(update={"campaign_fresh_seconds": FRESH_SECONDS})
    with ports.using(replace(scene.world.ports, settings=settings)):
        yield from _votes(scene)


def _votes(scene: Scene) -> Paths:
    campaign_id, world = scene.voting(options=10), scene.world
    scene.call(lambda: scene.vote(fan(0), campaign_id))
    yield "vote_campaign_read_anew", scene.taken()
    scene.call(lambda: scene.vote(fan(1), campaign_id))
    scene.note_answer("vote_first")
    yield "vote_first", scene.taken()
    world.clock.forward(seconds=1)
    scene.call(lambda: scene.vote(fan(1), campaign_id))
    yield "vote_repeated", scene.taken()
    one = f"/v1/campaigns/{campaign_id}/ballot/features/colour"
    scene.call(lambda: world.fan(fan(1)).put(one, {"vote": ["blue"]}))
    yield "vote_one_feature", scene.taken()
    yield from _read(scene, "tally_read", f"/v1/campaigns/{campaign_id}/tally")
    yield from _read(scene, "campaign_read_10_options", f"/v1/campaigns/{campaign_id}")
    large = scene.voting(options=600)
    yield from _read(scene, "campaign_read_600_options", f"/v1/campaigns/{large}")
    scene.call(lambda: scene.vote(fan(1), large))
    scene.ledger.clear()
    scene.call(lambda: scene.vote(fan(2), large))
    yield "vote_600_options", scene.taken()


def _read(scene: Scene, path: str, address: str, *, who: str | None = None) -> Paths:
    person = scene.world.fan(who) if who else scene.world.anybody
    scene.call(lambda: person.get(address), settle=False)
    scene.note_answer(path)
    yield path, scene.taken()


def preorders(scene: Scene) -> Paths:
    campaign_id, world = scene.presale(capacity=500), scene.world
    yield from _quote(scene, campaign_id)
    yield from _read(scene, "batches_read", f"/v1/campaigns/{campaign_id}/batches")
    scene.call(lambda: scene.place(fan(1), campaign_id), settle=False)
    scene.note_answer("preorder_placed")
    yield "preorder_placed", scene.taken()
    world.settle_down()
    yield "preorder_secured", scene.taken()
    scene.call(lambda: scene.place(fan(1), campaign_id))
    yield "preorder_same_key_again", scene.taken()
    for name in map(fan, range(100, 100 + BUSY_PREORDERS)):
        scene.call(partial(scene.place, name, campaign_id), settle=False)
    world.settle_down()
    yield "preorder_busy", scene.taken(per=BUSY_PREORDERS)
    own = f"/v1/preorders/{scene.placed(fan(1), campaign_id)['preorder_id']}"
    yield from _read(scene, "preorder_read", own, who=fan(1))
    scene.call(lambda: world.fan(fan(1)).delete(own), settle=False)
    yield "withdrawal", scene.taken()
    world.settle_down()
    yield "withdrawal_followed", scene.taken()


def _quote(scene: Scene, campaign_id: str) -> Paths:
    wanted = {"lines": [{"variant": {"lens": "wide"}, "quantity": 1}]}
    scene.call(lambda: scene.world.anybody.post(f"/v1/campaigns/{campaign_id}/quote", wanted))
    scene.note_answer("quote")
    yield "quote", scene.taken()


def full_batch(scene: Scene) -> Paths:
    campaign_id = scene.presale(capacity=5)
    scene.placed(fan(1), campaign_id, quantity=5)
    scene.call(lambda: scene.place(fan(2), campaign_id), settle=False, status=409)
    yield "preorder_refused_full", scene.taken()


def batch_ends(count: int) -> Callable[[Scene], Paths]:
    """A batch of so many pre-orders comes to its closing time: locked, ordered, followed, delivered."""

    def play(scene: Scene) -> Paths:
        campaign_id = scene.presale(capacity=2 * count)
        for number in range(count):
            scene.placed(fan(number), campaign_id)
        scene.world.settle_down()
        scene.world.clock.forward(days=31)
        scene.ledger.clear()
        scene.world.tick()
        yield f"batch_of_{count}", scene.taken()

    return play


def order_lines(scene: Scene) -> Paths:
    lines = tuple(examples.line(number) for number in range(1, LINES + 1))
    with scene.ledger.running("close_batches"):
        for write in orders.writing_lines(examples.ORDER_ID, lines):
            scene.world.ports.table.commit(write)
    yield f"order_of_{LINES}_lines", scene.taken()


def counting(scene: Scene) -> Paths:
    """The live fold of a full event, and the recount; the ballots are written as casting writes them."""
    campaign_id, world = scene.voting(options=10), scene.world
    _cast(scene, campaign_id, range(FOLDED))
    world.settle_down()
    yield FOLD, scene.taken()
    _cast(scene, campaign_id, range(FOLDED, RECOUNTED))
    scene.note_stored("ballot", kinds=("ballot",), per=RECOUNTED)
    world.settle_down()
    world.clock.forward(seconds=1)
    scene.ledger.clear()
    scene.call(lambda: world.organiser().post(f"/v1/campaigns/{campaign_id}/settle"))
    yield f"recount_of_{RECOUNTED}_ballots", scene.taken()


def _cast(scene: Scene, campaign_id: str, numbers: Iterable[int]) -> None:
    table, at = scene.world.ports.table, instants.text(scene.world.clock.now())
    campaign = campaigns.get(table, campaign_id)
    for number in numbers:
        chosen = {"colour": ["red"], "lens": ["wide", "tele"]}
        voter_id = proof.voter_id(campaign.ballot_salt, f"sub-{fan(number)}")
        table.apply(ballots.casting(campaign, voter_id, chosen, cast_at=at, registered_at=None))


def lists(scene: Scene) -> Paths:
    for number in range(PAGE):
        campaign_id = scene.voting(options=10)
        head = examples.head(order_id=ids.order_id(campaign_id, number + 1, revision=1), organiser_id="sub-olga")
        scene.world.ports.table.commit(orders.issuing(head))
    yield from _read(scene, f"campaigns_page_of_{PAGE}", f"/v1/campaigns?limit={PAGE}")
    scene.call(lambda: scene.world.organiser().get(f"/v1/manufacturing-orders?limit={PAGE}"), settle=False)
    yield f"orders_page_of_{PAGE}", scene.taken()


def own_preorders(scene: Scene) -> Paths:
    campaign_id = scene.presale(capacity=500, limit_per_fan=PAGE)
    for number in range(PAGE):
        scene.placed(fan(1), campaign_id, key=f"k{number}")
    scene.world.settle_down()
    scene.note_stored("preorder", kinds=("preorder", "page", "page_group", "payment"), per=PAGE)
    scene.ledger.clear()
    yield from _read(scene, f"own_preorders_page_of_{PAGE}", f"/v1/preorders?limit={PAGE}", who=fan(1))


def idle(scene: Scene) -> Paths:
    scene.world.settle_down()
    scene.ledger.clear()
    for schedule in scene.world.pump.schedules:
        if schedule.every_seconds <= MINUTE:
            schedule.fire()
    scene.world.settle_down()
    yield "idle_minute", scene.taken()


SCENES: tuple[Callable[[Scene], Paths], ...] = (
    votes,
    preorders,
    full_batch,
    batch_ends(FEW),
    batch_ends(MORE),
    order_lines,
    counting,
    lists,
    own_preorders,
    idle,
)


def run(scenes: Iterable[Callable[[Scene], Paths]] = SCENES) -> dict[str, Any]:
    """{request_units: {path: {function: figures}}, answer_bytes, stored_bytes, metric_names, page}. Two runs of one
    tree give the same."""
    paths: dict[str, Figures] = {}
    notes = Notes()
    for play in scenes:
        with opened(notes) as scene:
            paths.update(play(scene))
    return {
        **(per_vote(paths) if {"vote_first", FOLD} <= paths.keys() else {}),
        "request_units": paths,
        "answer_bytes": notes.answers,
        "stored_bytes": notes.stored,
        "metric_names": sorted(notes.metric_names),
        "page": page(),
    }


def per_vote(paths: dict[str, Figures]) -> dict[str, float]:
    """Units of one vote with its share of a full fold, while the campaign is remembered; and of one reading."""
    fold, tally = paths[FOLD]["fold"], paths["tally_read"]["api"]
    found: dict[str, float] = {"rru_per_tally": tally["rru"]}
    for name, path in (("first", "vote_first"), ("repeat", "vote_repeated"), ("one_feature", "vote_one_feature")):
        for unit in ("wru", "rru"):
            found[f"{unit}_per_vote_{name}"] = round(paths[path]["api"][unit] + fold[unit] / FOLDED, 4)
    return found


def page(built: Path = BUILT) -> dict[str, int]:
    """What a first visit to a campaign in its voting fetches of the built page, compressed as the CDN sends it: what
    its document names, one language and the voting, and what those import. Other parts come when they are shown."""
    if not (built / "index.html").exists():
        raise FileNotFoundError(f"{built} is empty: build the page first (`make page`)")
    assets = built / "assets"
    wanted = [*re.findall(r'"/assets/([^"]+)"', (built / "index.html").read_text())]
    wanted += [path.name for path in assets.glob("*.js") if path.name.partition("-")[0] in VISITED]
    files = {built / "index.html"}
    while wanted:
        path = assets / wanted.pop()
        if path not in files and path.suffix == ".js":
            wanted += re.findall(r'(?:from|import)"\./([^"]+)"', path.read_text())
        files.add(path)
    return {"files": len(files), "bytes": sum(len(gzip.compress(path.read_bytes(), mtime=0)) for path in files)}


def table(results: dict[str, Any]) -> list[str]:
    """What a path takes in all, background included, in units for one of its requests."""
    rows = (
        (path, *(figures["total"][figure] for figure in SHOWN))
        for path, figures in sorted(results["request_units"].items())
    )
    return report.table(["path", *SHOWN], rows)
