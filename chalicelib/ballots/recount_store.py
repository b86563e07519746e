"""A recount on its way, in the table: one head, and a lane for each part of each pass."""

from chalicelib.ballots.recount import Lane, Recount
from chalicelib.kernel import keys
from chalicelib.kernel.refusals import Busy, Conflict, Missing
from chalicelib.plumbing.expressions import absent, equals
from chalicelib.plumbing.table import Table
from chalicelib.plumbing.writes import Write, putting


class RecountMissing(Missing):
    """Refused: this recount has not begun."""


class PassClosed(Conflict):
    """Refused: another has closed this pass already."""


def begun(table: Table, fresh: Recount) -> Recount:
    """The recount as it stands; the fresh one, where there was none."""
    try:
        table.commit(putting(keys.recount(fresh.campaign_id), _head(fresh), refusal=PassClosed))
    except PassClosed:
        return get(table, fresh.campaign_id)
    return fresh


def get(table: Table, campaign_id: str) -> Recount:
    """Refuses with RecountMissing."""
    found = table.get(keys.recount(campaign_id))
    if found is None:
        raise RecountMissing
    return Recount.model_validate(found)


def advance(table: Table, closed: Recount) -> None:
    """Writes the count after a pass, once: whoever comes second finds the same."""
    before = [equals("number", closed.number - 1)]
    try:
        table.commit(putting(keys.recount(closed.campaign_id), _head(closed), provided=before, refusal=PassClosed))
    except PassClosed:
        return


def _head(recount: Recount) -> dict[str, object]:
    return {**recount.model_dump(mode="json"), "kind": "recount"}


def saving(campaign_id: str, lane: Lane, *, seen: int) -> Write:
    """Compare and set: of two attempts at one lane one goes on, and no page counts twice."""
    unchanged = absent() if not seen else equals("saves", seen)
    item = {**lane.model_dump(mode="json"), "kind": "recount_lane"}
    return putting(keys.recount_lane(campaign_id, lane.number, lane.lane), item, provided=[unchanged], refusal=Busy)


def find_lane(table: Table, recount: Recount, lane: int) -> Lane | None:
    found = table.get(keys.recount_lane(recount.campaign_id, recount.number, lane))
    return Lane.model_validate(found) if found else None


def lanes(table: Table, campaign_id: str, number: int) -> list[Lane]:
    """The lanes of one pass that have begun: at most `recount.MOST_LANES`."""
    prefix, found, after = keys.recount_lanes(number), [], None
    while True:
        page = table.query(keys.recounts(campaign_id), prefix=prefix, after=after, limit=100)
        found += [Lane.model_validate(item) for item in page.items]
        if page.last is None:
            return found
        after = page.last["sk"]
