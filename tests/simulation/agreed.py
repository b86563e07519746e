"""What was agreed for the lock and before it, counted apart from the code: who is made, in which runs, at which price,
after which steps of the playbook."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

Plain = dict[str, Any]
Lines = list[tuple[str, int]]
OPTIONS = ("wide", "tele")


class Line(NamedTuple):
    """One line of a claim: a variant's code, so many units or up to so many, or another code."""

    code: str
    quantity: int
    most: int
    second: str


def read(wants: str) -> list[Line]:
    """`01*2-5~00/00*1@9000^sqk3f`: see docs of `room.wants`."""
    found = []
    for line in wants.partition("^")[0].partition("@")[0].split("/"):
        code, _, rest = line.partition("*")
        units, _, second = rest.partition("~")
        quantity, _, most = units.partition("-")
        found.append(Line(code, int(quantity), int(most or quantity), second))
    return found


def cap(wants: str) -> int | None:
    text = wants.partition("^")[0].partition("@")[2]
    return int(text) if text else None


def lines_made(wants: str, fate: Plain | None) -> Lines:
    """What is made of a claim: as it was placed, unless the settlement says otherwise."""
    if fate is None:
        return [(line.code, line.quantity) for line in read(wants)]
    return [(line.code, line.quantity) for line in read(fate["lines"])] if fate["lines"] else []


def agreed(campaign: Plain, batch: Plain, wants: Mapping[str, str], fates: Mapping[str, Plain]) -> None:
    """B4, B5: what is locked is what was agreed. Nobody gets what was not left open, or leaves without a reason; one
    price, above nobody's cap; every minimum is reached, or nothing of it is made."""
    assert fates.keys() <= wants.keys(), "the settlement speaks of who is not in the batch"
    plays = [one for one in batch.get("played", ()) if one["kind"] == "fold" and not one.get("passed")]
    folds = {
        _code({"lens": step["from_option"]}): _code({"lens": step["into_option"]})
        for step in (campaign["playbook"][play["index"]] for play in plays)
    }
    made: Lines = []
    for ref, wanted in wants.items():
        fate = fates.get(ref)
        if fate and fate["left"]:
            _has_a_reason(campaign, batch, wanted, fate["left"])
        else:
            _is_left_open(wanted, lines_made(wanted, fate), folds)
            made += lines_made(wanted, fate)
            allowed = cap(wanted)
            price = batch["final_unit_price_minor"]
            assert allowed is None or price <= allowed, f"made at {price} for a fan who pays {allowed} at most"
    made += [(_code(line["variant"]), line["quantity"]) for line in batch.get("top_up", ())]
    _price_and_minimums(campaign, batch, made)


def _code(variant: Mapping[str, str]) -> str:
    return str(OPTIONS.index(variant["lens"]))


def _has_a_reason(campaign: Plain, batch: Plain, wanted: str, left: str) -> None:
    lowered = "lowered_minimum" in batch
    reasons = {"price_above_cap": cap(wanted) is not None or lowered, "run_not_made": bool(campaign["run_minimums"])}
    assert reasons[left], f"{wanted} was left out because of {left}"


def _is_left_open(wanted: str, made: Lines, folds: Mapping[str, str]) -> None:
    placed = read(wanted)
    assert len(made) == len(placed), f"{len(made)} lines are made of {wanted}"
    for line, (code, units) in zip(placed, made, strict=True):
        assert line.quantity <= units <= line.most, f"{units} units are made of {wanted}"
        choices = {folds.get(choice, choice) for choice in (line.code, line.second)}
        assert code in choices, f"{code} is made of {wanted}"


def _price_and_minimums(campaign: Plain, batch: Plain, made: Lines) -> None:
    units: Counter[str] = Counter()
    for code, many in made:
        units[code] += many
    total, least = units.total(), batch.get("lowered_minimum", batch["minimum"])
    assert least <= total <= batch["capacity"], f"locked with {total} units of {least} to {batch['capacity']}"
    tiers = [tier["unit_price_minor"] for tier in campaign["price_ladder"] if tier["from_units"] <= total]
    assert batch["final_unit_price_minor"] == tiers[-1], f"{total} units at {batch['final_unit_price_minor']}"
    options = campaign["features"][0]["options"]
    for rule in campaign["run_minimums"]:
        for many in _runs(rule, units, options):
            assert many == 0 or many >= rule["units"], f"{many} are made of {rule}"


def _runs(rule: Plain, units: Counter[str], options: list[Plain]) -> list[int]:
    """How much is made of each run that the rule is about."""
    if rule["kind"] == "variant":
        return list(units.values())
    if rule["kind"] == "option":
        return [sum(many for code, many in units.items() if options[int(code)]["option_id"] == rule["option_id"])]
    parts = {
        code: sum(part["quantity"] for part in options[int(code)].get("parts", ()) if part["sku"] == rule["sku"])
        for code in units
    }
    return [sum(many * parts[code] for code, many in units.items())]


def playbook_is_followed(campaign: Plain, old: Plain, new: Plain) -> None:
    """B1: the agreed steps are played in their order, each once; only they move the end or the minimum; a batch falls
    short when all are played, or when too few are paid for."""
    was, played = old.get("played", []), new.get("played", [])
    assert played[: len(was)] == was, "what was played has changed"
    steps = [step["kind"] for step in campaign.get("playbook", ()) if step["kind"] != "refund"]
    kinds = [one["kind"] for one in played]
    assert kinds == [*steps, "refund"][: len(kinds)], f"{kinds} was played of {steps}"
    fresh = {one["kind"]: one for one in played[len(was) :] if not one.get("passed")}
    for name, kind in (("closes_at", "extend"), ("lowered_minimum", "next_tier"), ("waiting_until", "top_up")):
        assert not old or old.get(name) == new.get(name) or kind in fresh, f"{name} has changed without a {kind}"
    if campaign.get("playbook") and new["state"] == "short" and old.get("state") in ("open", "confirmed"):
        assert kinds == [*steps, "refund"], f"short after {kinds} of {steps}"
    if "top_up" in old and new["state"] == old["state"]:  # the lock settles them with everybody's
        assert old["top_up"] == new.get("top_up"), "the organiser's units have changed"


def told_once(item: Plain) -> str:
    """The id under which a slip, or a notice, is announced."""
    what = f"slip/{item['slip']}" if item["kind"] == "slip" else f"notice/{item['closes_at']}"
    return f"{item['campaign_id']}/{item['batch_number']}/{what}/{item['state']}"
