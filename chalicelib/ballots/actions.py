"""Casting, reading and certifying."""

from typing import Any

from chalicelib.ballots import rules, store
from chalicelib.ballots.model import Ballot, FeatureTally, NewBallot, Result, Tally
from chalicelib.campaigns import store as campaigns
from chalicelib.campaigns.model import Campaign
from chalicelib.campaigns.rules import VotingClosed
from chalicelib.kernel import instants
from chalicelib.plumbing import telemetry
from chalicelib.plumbing.ports import Ports


def cast(ports: Ports, fan_id: str, campaign_id: str, new: NewBallot) -> Ballot:
    """The fan's ballot, replacing any earlier one. 1 read and 1 write unit.

    Refuses with CampaignMissing, VotingClosed (by the server's clock), BallotInvalid, BallotSuperseded.
    """
    campaign = campaigns.get(ports.table, campaign_id)
    now = ports.clock.now()
    rules.accept(campaign, new.votes, now)
    written = ports.table.apply(store.casting(campaign, fan_id, new.votes, instants.text(now)))
    telemetry.count("ballots_cast")
    return Ballot.model_validate(written)


def own(ports: Ports, fan_id: str, campaign_id: str) -> Ballot:
    """Refuses with CampaignMissing or BallotMissing."""
    ballot = store.find(ports.table, campaigns.get(ports.table, campaign_id), fan_id)
    if ballot is None:
        raise rules.BallotMissing
    return ballot


def tally(ports: Ports, campaign_id: str) -> Tally:
    """The live count, summed over the parts that each stream shard keeps."""
    campaign = campaigns.get(ports.table, campaign_id)
    counts, ballots = rules.blank(campaign), 0
    parts = list(store.tally_shards(ports.table, campaign_id))
    for part in parts:
        ballots += part["ballots"]
        for feature_id, options in part["counts"].items():
            for option_id, votes in options.items():
                counts[feature_id][option_id] += votes
    features = tuple(FeatureTally(feature_id=name, counts=options) for name, options in counts.items())
    as_of = max((part["as_of"] for part in parts), default=None)
    return Tally.model_validate({"campaign_id": campaign_id, "ballots": ballots, "features": features, "as_of": as_of})


def result(ports: Ports, campaign_id: str) -> Result:
    """Refuses with CampaignMissing or ResultMissing."""
    campaign = campaigns.get(ports.table, campaign_id)
    found = store.find_result(ports.table, campaign.campaign_id)
    if found is None:
        raise rules.ResultMissing
    return found


def close_due(ports: Ports) -> None:
    """Ends the voting of campaigns whose announced end has passed; one that another tick has ended is passed over."""
    now = instants.text(ports.clock.now())
    for campaign_id in campaigns.list_due(ports.table, now, limit=100):
        try:
            ports.table.commit(campaigns.closing_voting(campaign_id, now))
        except VotingClosed:
            continue


def request_count(ports: Ports, campaign: Campaign) -> None:
    """Asks for the recount, after every ballot that was under way at the end has landed or failed with its function's
    timeout."""
    message: dict[str, str | int] = {"campaign_id": campaign.campaign_id}
    ports.queues.send(ports.settings.counting_queue, message, delay_seconds=ports.settings.drain_seconds)


def count(ports: Ports, message: dict[str, Any]) -> None:
    """Recounts all ballots, writes the result once and settles the campaign, in one transaction. Repeating changes
    nothing."""
    campaign = campaigns.get(ports.table, message["campaign_id"])
    if campaign.state != "voting" or campaign.voting_closed_at is None:
        raise VotingClosed
    counts, ballots = rules.counted(campaign, store.all_ballots(ports.table, campaign))
    found = rules.certify(campaign, counts, ballots, ports.clock.now())
    settling = campaigns.settling(campaign.campaign_id, rules.selectable(found))
    ports.table.commit(settling, store.certifying(found))
    telemetry.count("results_certified")
