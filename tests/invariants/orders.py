"""What must hold of manufacturing orders, their prices and the answers to them."""

from collections import Counter

from tests.invariants.history import ANSWERS_AFTER
from tests.invariants.items import Item, Items, batch_of, claims_by_batch, of, quantities

# What a price was settled for.
LOCKED = ("locked", "paid", "ordered", "dropped", "refunded")


def each_batch_has_its_one_order(items: Items) -> None:
    """O1: exactly one order if the batch was ordered, none otherwise."""
    orders: Counter[tuple[str, int]] = Counter(batch_of(order) for order in of(items, "order"))
    for batch in of(items, "batch"):
        raised, state = orders.pop(batch_of(batch), 0), batch["state"]
        assert raised == (state == "ordered"), f"batch {batch['number']} is {state} and has {raised} orders"
        if state == "ordered":
            assert batch["order_id"] == f"{batch['campaign_id']}.{batch['number']}.1", "it names another order"
            least = batch.get("lowered_minimum", batch["minimum"])
            assert least <= batch["final_units"] <= batch["capacity"], "it was locked below its minimum"
    assert not orders, f"orders of no batch: {orders}"


def orders_say_what_was_secured(items: Items) -> None:
    """O3, B4: the lines are the sum of the secured claims, and the total their price to the minor unit."""
    claims, campaigns = claims_by_batch(items), {c["campaign_id"]: c for c in of(items, "campaign")}
    batches = {batch_of(batch): batch for batch in of(items, "batch")}
    for order in of(items, "order"):
        pages = [item for item in of(items, "order_lines") if item["pk"] == f"M#{order['order_id']}"]
        lines = [line for page in sorted(pages, key=lambda page: page["sk"]) for line in page["lines"]]
        batch, campaign = batches[batch_of(order)], campaigns[order["campaign_id"]]
        secured = [_as_made(items, claim) for claim in claims[batch_of(order)] if claim["state"] == "collected"]
        secured.append({"lines": [*batch.get("top_up", []), *batch.get("taken_over", [])]})
        ordered = quantities([{"lines": lines}])
        assert ordered == quantities(secured), f"the order asks for {ordered}, secured were {quantities(secured)}"
        assert len(ordered) == len(lines) == order["line_count"], "a variant stands on two lines"
        assert order["units"] == sum(ordered.values()), "the order's units are not those of its lines"
        least = batch.get("lowered_minimum", batch["minimum"])
        assert least <= order["units"] <= batch["final_units"], "it was ordered below its minimum"
        for line in lines:
            price = _unit_price(campaign, line["variant"], batch["final_units"])
            assert line["unit_price_minor"] == price, f"a line costs {line['unit_price_minor']} a unit, not {price}"
        total = sum(line["quantity"] * line["unit_price_minor"] for line in lines)
        assert order["total_minor"] == total, f"the order's total is {order['total_minor']}, its lines make {total}"
        assert order["manufacturer_id"] == campaign["manufacturer_id"], "it goes to another manufacturer"


def one_price_for_all_in_a_batch(items: Items) -> None:
    """M3, B5: what each fan pays is the batch's one tier, and never more than was shown."""
    campaigns = {c["campaign_id"]: c for c in of(items, "campaign")}
    batches = {batch_of(batch): batch for batch in of(items, "batch")}
    for preorder in of(items, "preorder"):
        final = preorder.get("final_total_minor")
        assert final is not None or preorder["state"] not in LOCKED, f"{preorder['state']} at no price"
        assert final is None or preorder["state"] in (*LOCKED, "lapsed"), f"{preorder['state']}: {final}"
        if final is not None:
            campaign, units = campaigns[preorder["campaign_id"]], batches[batch_of(preorder)]["final_units"]
            lines = preorder.get("settled_lines", preorder["lines"])
            due = sum(line["quantity"] * _unit_price(campaign, line["variant"], units) for line in lines)
            assert final == due, f"a fan pays {final} for what costs {due}"
            assert final <= preorder["total_most_minor"], "a fan pays more than was shown"


def nothing_is_made_that_no_fan_left_open(items: Items) -> None:
    """Of each line as it was placed, or up to the bound; of the first choice, the second, or what was folded into."""
    folds = {
        campaign["campaign_id"]: [step for step in campaign.get("playbook", ()) if step["kind"] == "fold"]
        for campaign in of(items, "campaign")
    }
    for preorder in of(items, "preorder"):
        settled, placed = preorder.get("settled_lines"), preorder["lines"]
        if settled is None:
            continue
        assert len(settled) == len(placed), "a line went missing on the way"
        for made, line in zip(settled, placed, strict=True):
            most = line.get("up_to", line["quantity"])
            assert line["quantity"] <= made["quantity"] <= most, f"{made['quantity']} of {line['quantity']} to {most}"
            choices = [line["variant"], *([line["second_choice"]] if "second_choice" in line else [])]
            for fold in folds[preorder["campaign_id"]]:
                gone, became = (fold["feature_id"], fold["from_option"]), {fold["feature_id"]: fold["into_option"]}
                choices += [one | became for one in choices if one[gone[0]] == gone[1]]
            assert made["variant"] in choices, f"{made['variant']} was never chosen"


def _as_made(items: Items, claim: Item) -> Item:
    """A claim with the lines that its pre-order was settled with."""
    [preorder] = [one for one in of(items, "preorder") if one["preorder_id"] == claim["preorder_id"]]
    return {**claim, "lines": preorder.get("settled_lines", claim["lines"])}


def answers_of_the_manufacturer_follow_each_other(items: Items) -> None:
    """O4: the order stands where its last answer has put it, and each answer was possible after the one before."""
    for order in of(items, "order"):
        state = "issued"
        for answer in order.get("answers", []):
            assert answer["answer"] in ANSWERS_AFTER.get(state, ()), f"{answer['answer']} was taken after {state}"
            state = answer["answer"]
        assert order["state"] == state, f"the order is {order['state']}, its last answer says {state}"


def _unit_price(campaign: Item, variant: dict[str, str], units: int) -> int:
    reached = [tier["unit_price_minor"] for tier in campaign["price_ladder"] if tier["from_units"] <= units]
    surcharges = [
        option["surcharge_minor"]
        for feature in campaign["features"]
        for option in feature["options"]
        if variant[feature["feature_id"]] == option["option_id"]
    ]
    return int(min(reached) + sum(surcharges))
