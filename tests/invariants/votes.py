"""What must hold of ballots, tallies and results. Counts the votes of plurality and approval features for itself; of
other methods it compares the tally with the result (an independent program recounts those: tests/tools/test_verify.py).
"""

from collections import Counter, defaultdict

from tests.invariants.items import Items, of

COUNTED = ("plurality", "approval")


def tallies_are_recounts(items: Items) -> None:
    """V1, V4 at rest: one ballot a fan, and the live tally counts each exactly once."""
    parts: dict[str, Items] = defaultdict(list)
    for part in of(items, "tally"):
        parts[campaign_of(part)].append(part)
    for campaign in of(items, "campaign"):
        campaign_id = campaign["campaign_id"]
        ballots = ballots_of(items, campaign_id)
        voters = {ballot["sk"] for ballot in ballots}
        assert len(voters) == len(ballots), "a fan has two ballots"
        told, cast = _told(campaign, parts[campaign_id]), _votes(campaign, ballots)
        assert told == cast, f"the tally says {dict(told)}, the ballots {dict(cast)}"
        number = sum(part["ballots"] for part in parts[campaign_id])
        assert number == len(ballots), f"the tally counts {number} ballots of {len(ballots)}"
        turnout = sum(sum(part["turnout"].values()) for part in parts[campaign_id])
        assert turnout == len(ballots), f"the turnout adds up to {turnout} of {len(ballots)} ballots"


def results_are_recounts(items: Items) -> None:
    """V2: the certified result counts every ballot that was taken, and the campaign sells what it kept."""
    campaigns = {c["campaign_id"]: c for c in of(items, "campaign")}
    results = {item["campaign_id"]: {**item, "features": parts_of(items, item)} for item in of(items, "result")}
    for campaign_id, result in results.items():
        campaign, ballots = campaigns[campaign_id], ballots_of(items, campaign_id)
        assert result["ballots"] == len(ballots), f"the result counts {result['ballots']} of {len(ballots)} ballots"
        votes = _votes(campaign, ballots)
        for feature in result["features"]:
            for option_id, counted in feature["counts"].items():
                cast = votes[feature["feature_id"], option_id]
                same = feature["method"] not in COUNTED or counted == cast
                assert same, f"the result gives {option_id} {counted} votes, the ballots {cast}"
        kept = {feature["feature_id"]: feature["kept"] for feature in result["features"]}
        for ruling in campaign.get("overrulings", ()):
            kept[ruling["feature_id"]] = ruling["kept"]
        assert campaign["selectable"] == kept, "the campaign sells something else than was kept"
    for campaign in campaigns.values():
        beyond = campaign["state"] in ("settled", "preselling", "closed")
        assert not beyond or campaign["campaign_id"] in results, f"{campaign['state']} without a result"


def campaign_of(item: dict) -> str:
    return item["pk"].split("#")[1]


def parts_of(items: Items, result: dict) -> Items:
    """The features of a result, in their order."""
    mine = [part for part in of(items, "result_feature") if part["pk"] == result["pk"]]
    return sorted(mine, key=lambda part: part["sk"])


def ballots_of(items: Items, campaign_id: str) -> Items:
    return [ballot for ballot in of(items, "ballot") if campaign_of(ballot) == campaign_id]


def _told(campaign: dict, parts: Items) -> Counter[tuple[str, str]]:
    told: Counter[tuple[str, str]] = Counter()
    for feature in campaign["features"]:
        for part in parts if feature["method"] in COUNTED else ():
            options = [option["option_id"] for option in feature["options"]]
            counters = part["counts"][feature["feature_id"]][1:]
            told.update({(feature["feature_id"], o): n for o, n in zip(options, counters, strict=True)})
    return Counter({option: votes for option, votes in told.items() if votes})


def _votes(campaign: dict, ballots: Items) -> Counter[tuple[str, str]]:
    counted = {feature["feature_id"] for feature in campaign["features"] if feature["method"] in COUNTED}
    return Counter(
        (feature_id, option_id)
        for ballot in ballots
        for feature_id, chosen in ballot["votes"].items()
        if feature_id in counted
        for option_id in chosen
    )
