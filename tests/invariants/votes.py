"""What must hold of ballots, tallies and results."""

from collections import Counter, defaultdict

from tests.invariants.items import Items, of


def tallies_are_recounts(items: Items) -> None:
    """V1, V4 at rest: one ballot a fan, and the live tally counts each exactly once."""
    parts: dict[str, Items] = defaultdict(list)
    for part in of(items, "tally"):
        parts[part["pk"].split("#")[1]].append(part)
    for campaign_id in {ballot["campaign_id"] for ballot in of(items, "ballot")} | set(parts):
        ballots = [ballot for ballot in of(items, "ballot") if ballot["campaign_id"] == campaign_id]
        fans = {ballot["fan_id"] for ballot in ballots}
        assert len(fans) == len(ballots), "a fan has two ballots"
        told: Counter[tuple[str, str]] = Counter()
        for part in parts[campaign_id]:
            for feature_id, counts in part["counts"].items():
                told.update({(feature_id, option_id): votes for option_id, votes in counts.items()})
        told = Counter({option: votes for option, votes in told.items() if votes})
        assert told == _votes(ballots), f"the tally says {dict(told)}, the ballots {dict(_votes(ballots))}"
        number = sum(part["ballots"] for part in parts[campaign_id])
        assert number == len(ballots), f"the tally counts {number} ballots of {len(ballots)}"


def results_are_recounts(items: Items) -> None:
    """V2: the certified result counts every ballot that was taken, and the campaign sells what it kept."""
    campaigns = {c["campaign_id"]: c for c in of(items, "campaign")}
    results = {item["campaign_id"]: item for item in of(items, "result")}
    for campaign_id, result in results.items():
        ballots = [ballot for ballot in of(items, "ballot") if ballot["campaign_id"] == campaign_id]
        assert result["ballots"] == len(ballots), f"the result counts {result['ballots']} of {len(ballots)} ballots"
        votes = _votes(ballots)
        for feature in result["features"]:
            for option_id, counted in feature["counts"].items():
                cast = votes[feature["feature_id"], option_id]
                assert counted == cast, f"the result gives {option_id} {counted} votes, the ballots {cast}"
        kept = {feature["feature_id"]: feature["kept"] for feature in result["features"]}
        assert campaigns[campaign_id]["selectable"] == kept, "the campaign sells something else than was kept"
    for campaign in campaigns.values():
        beyond = campaign["state"] in ("settled", "preselling", "closed")
        assert not beyond or campaign["campaign_id"] in results, f"{campaign['state']} without a result"


def _votes(ballots: Items) -> Counter[tuple[str, str]]:
    return Counter(
        (feature_id, option_id)
        for ballot in ballots
        for feature_id, chosen in ballot["votes"].items()
        for option_id in chosen
    )
