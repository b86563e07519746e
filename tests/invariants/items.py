"""Reading plain items: what the checks share."""

import base64
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

Item = dict[str, Any]
Items = list[Item]


def of(items: Items, kind: str) -> Items:
    return [item for item in items if item.get("kind") == kind]


def batch_of(item: Item) -> tuple[str, int]:
    return item["campaign_id"], item.get("batch_number", item.get("number", 0))


_OF_A_PAGE = {"pk", "sk", "kind", "attempt", "n", "s", "b", "c", "v", "z", "r"}
_STATES = {"p": "placed", "s": "secured", "c": "collected", "b": "back"}
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def pages(items: Items) -> list[tuple[tuple[str, int], Item]]:
    """((campaign, batch number), page), read from the page's own key."""
    return [((page["pk"].split("#")[1], int(page["pk"].split("#")[3])), page) for page in of(items, "page")]


def claims(items: Items) -> Items:
    """Each pre-order's claims, its pieces on several pages of a batch put together, as the pages tell them."""
    campaigns = {campaign["campaign_id"]: campaign for campaign in of(items, "campaign")}
    found: dict[tuple[str, str, int], Item] = {}
    for (campaign_id, number), page in pages(items):
        for ref in page.keys() - _OF_A_PAGE:
            letter, units, wants, also, short = page[ref].split(";", 4)
            fan_id = _fan(short)
            preorder_id = f"{campaign_id}.{ref.replace('_', '.')}"
            one = found.setdefault(
                (preorder_id, fan_id, number),
                {"campaign_id": campaign_id, "batch_number": number, "preorder_id": preorder_id, "fan_id": fan_id}
                | {"units": 0, "states": set(), "lines": [], "pieces": 0, "named": 0, "begins": 0},
            )
            one["states"].add(_STATES[letter])
            one["units"] += int(units.partition("+")[0])  # `2+1`: one more was given back by an edit
            one["pieces"] += 1
            if wants:
                one["begins"] += 1
                one["named"] = 1 + len(also.split(",")) if also else 1
                one["lines"] = _lines(campaigns[campaign_id], wants)
    for one in found.values():
        assert len(one["states"]) == one["begins"] == 1, f"a claim in pieces: {one}"
        assert one["pieces"] == one["named"], f"a claim of {one['named']} pieces has {one['pieces']}"
        one["state"] = one["states"].pop()
        one["secured"] = one["state"] in ("secured", "collected")
    return list(found.values())


def _fan(short: str) -> str:
    if not short.startswith("~"):
        return short
    return short[1:] if short[1] == "~" else str(uuid.UUID(bytes=base64.urlsafe_b64decode(short[1:] + "==")))


def _lines(campaign: Item, wants: str) -> list[Item]:
    lines = []
    for line in wants.partition("^")[0].partition("@")[0].split("/"):
        code, quantity = line.partition("~")[0].partition("-")[0].split("*")
        variant = {}
        for feature in campaign["features"]:
            wide = 1 if len(feature["options"]) <= 36 else 2
            digits, code = code[:wide], code[wide:]
            place = _DIGITS.index(digits) if wide == 1 else int(digits, 16)
            variant[feature["feature_id"]] = feature["options"][place]["option_id"]
        lines.append({"variant": variant, "quantity": int(quantity)})
    return lines


def claims_by_batch(items: Items) -> dict[tuple[str, int], Items]:
    """Those that hold room."""
    found: dict[tuple[str, int], Items] = defaultdict(list)
    for claim in claims(items):
        if claim["state"] != "back":
            found[batch_of(claim)].append(claim)
    return found


def quantities(with_lines: Iterable[Item]) -> Counter[str]:
    """Units by variant."""
    found: Counter[str] = Counter()
    for whole in with_lines:
        for line in whole["lines"]:
            found[repr(sorted(line["variant"].items()))] += line["quantity"]
    return found
