"""The recount at work: lanes side by side, each by messages that take up where the last one saved.

    message {campaign}                ->  begins: pass 0, one message a lane
    message {campaign, pass, lane}    ->  reads on, saves, and when its time is up sends itself again
    the last lane of a pass           ->  closes the pass: next round of the runoffs, or the certified result

Every step is a compare-and-set, so a message may come twice, late or beside itself. The messages of the next pass are
sent before the pass is closed: whoever finds it still open closes it first, so that a crash in between stops nothing.
"""

from typing import Any

from chalicelib.ballots import deciding, recount, recount_store, rules, store
from chalicelib.ballots.model import BallotList
from chalicelib.ballots.recount import Lane, Recount
from chalicelib.campaigns import store as campaigns
from chalicelib.campaigns.model import Campaign
from chalicelib.campaigns.rules import VotingClosed
from chalicelib.kernel.refusals import Busy
from chalicelib.plumbing import telemetry
from chalicelib.plumbing.ports import Ports

SECONDS = 15
PAGES_PER_SAVE = 20


def count(ports: Ports, message: dict[str, Any]) -> None:
    """One message of a recount. Raises Busy when another attempt of the same message is at it."""
    campaign = campaigns.get(ports.table, message["campaign_id"])
    if campaign.state != "voting" or campaign.voting_closed_at is None:
        raise VotingClosed
    if ports.clock.now() < campaign.voting_closed_at:
        raise Busy
    if "lane" not in message:
        _begin(ports, campaign)
        return
    number, lane = int(message["pass"]), int(message["lane"])
    now = recount_store.get(ports.table, campaign.campaign_id)
    if now.number < number:
        now = _close(ports, campaign, now)
    if now.number == number and _walk(ports, campaign, now, lane):
        _close(ports, campaign, now)


def _begin(ports: Ports, campaign: Campaign) -> None:
    ballots = sum(part.get("ballots", 0) for part in store.tally_shards(ports.table, campaign.campaign_id))
    lanes = recount.lanes_for(ballots, campaign.ballot_buckets)
    found = recount_store.begun(ports.table, Recount(campaign_id=campaign.campaign_id, number=0, lanes=lanes))
    _send(ports, found, found.number)


def _send(ports: Ports, now: Recount, number: int) -> None:
    for lane in range(now.lanes):
        message: dict[str, str | int] = {"campaign_id": now.campaign_id, "pass": number, "lane": lane}
        ports.queues.send(ports.settings.counting_queue, message)


def _walk(ports: Ports, campaign: Campaign, now: Recount, number: int) -> bool:
    """Reads on in a lane until it is done (True) or its time is up: then the same message is sent again."""
    lane = recount_store.find_lane(ports.table, now, number) or recount.first_lane(campaign, now, number)
    until = ports.clock.monotonic() + SECONDS
    while not lane.done:
        if ports.clock.monotonic() >= until:
            message: dict[str, str | int] = {"campaign_id": now.campaign_id, "pass": now.number, "lane": number}
            ports.queues.send(ports.settings.counting_queue, message)
            return False
        further = _read_on(ports, campaign, now, lane)
        ports.table.commit(recount_store.saving(now.campaign_id, further, seen=lane.saves))
        lane = further
    return True


def _read_on(ports: Ports, campaign: Campaign, now: Recount, lane: Lane) -> Lane:
    """The lane some pages further, or at its end. An empty bucket costs a query as a full page does."""
    buckets, saves = campaign.ballot_buckets, lane.saves + 1
    full_pages = 0
    while not lane.done and full_pages < PAGES_PER_SAVE:
        ballots, after = store.bucket_page(ports.table, campaign.campaign_id, lane.bucket, after=lane.after)
        lane = recount.moved(recount.added(campaign, lane, ballots), after, lanes=now.lanes, buckets=buckets)
        full_pages += after is not None
    return lane.model_copy(update={"saves": saves})


def _close(ports: Ports, campaign: Campaign, now: Recount) -> Recount:
    """The count after its present pass, if all lanes of that are done; else as it is."""
    lanes = recount_store.lanes(ports.table, now.campaign_id, now.number)
    if sum(lane.done for lane in lanes) < now.lanes:
        return now
    closed = recount.closed(campaign, now, lanes)
    if recount.open_runoffs(campaign, closed):
        _send(ports, closed, closed.number)
        recount_store.advance(ports.table, closed)
    else:
        _certify(ports, campaign, closed)
    return closed


def _certify(ports: Ports, campaign: Campaign, done: Recount) -> None:
    """Result, head of the list and the campaign's next state, in one transaction. Repeating changes nothing."""
    result = deciding.certify(
        campaign.campaign_id,
        campaign.features,
        done.counts,
        ballots=done.ballots,
        root=done.root,
        runs=recount.runs(campaign, done),
        now=ports.clock.now(),
    )
    first = recount_store.lanes(ports.table, campaign.campaign_id, 0)
    listed = BallotList(
        campaign_id=campaign.campaign_id,
        ballots=done.ballots,
        buckets=campaign.ballot_buckets,
        chains=recount.chains(campaign, first),
        root=done.root,
    )
    settling = campaigns.settling(campaign.campaign_id, deciding.selectable(result))
    _compare(ports, campaign, done)
    ports.table.commit(settling, *store.certifying(result), store.sealing(listed))
    telemetry.count("results_certified")


def _compare(ports: Ports, campaign: Campaign, done: Recount) -> None:
    """How many counters of the live tally differ from the recount: the drift that an alarm watches. Before the result
    is written, for afterwards nobody comes back to look."""
    counts, ballots = rules.blank(campaign.features), 0
    for part in store.tally_shards(ports.table, campaign.campaign_id):
        ballots += part["ballots"]
        rules.sum_up(counts, part["counts"])
    pairs = [(one, two) for name in counts for one, two in zip(counts[name], done.counts[name], strict=True)]
    drift = sum(one != two for one, two in pairs) + (ballots != done.ballots)
    telemetry.count("tally_drift", drift)
    if drift:
        told = {"campaign_id": campaign.campaign_id, "live_ballots": ballots, "counted_ballots": done.ballots}
        telemetry.log.error("the live tally differed from the recount", extra=told)
