"""What must hold of the waiting list: who is on it, and what is kept for whom."""

from tests.invariants.items import Items, claims, of


def list_and_entries_agree(items: Items) -> None:
    """At every instant: who waits stands on the list once, and nobody else does."""
    on_list = [*of(items, "waiting"), *of(items, "waiting_by_rank")]
    listed = sorted((one["campaign_id"], one["fan_id"], one["sk"]) for one in on_list)
    entries = [one for one in of(items, "waiting_entry") if one["state"] == "waiting"]
    named = ((one["campaign_id"], one["fan_id"], one.get("listed_as", one["entry_id"])) for one in entries)
    assert listed == sorted(named), "the list differs"


def offers_are_each_for_one_fan(items: Items) -> None:
    """At every instant: an offered page is there, as large as was offered, and nobody else is on it."""
    batches = {(batch["campaign_id"], batch["number"]): batch for batch in of(items, "batch")}
    offered = {}
    for entry in of(items, "waiting_entry"):
        if offer := entry.get("offer"):
            spot = entry["campaign_id"], offer["batch_number"], offer["book"], offer["page"]
            assert spot not in offered, f"two fans have the offer {spot}"
            offered[spot] = entry["fan_id"]
            book = batches[spot[:2]]["books"][offer["book"] - 1]
            many = len(book["sizes"]) if "sizes" in book else book["units"] // book["each"]
            assert offer["page"] < many, f"there is no page {spot}"
            size = book["sizes"][offer["page"]] if "sizes" in book else book["each"]
            assert size == offer["units"], f"the page {spot} is not what was offered"
    fans = {claim["preorder_id"].partition(".")[2].replace(".", "_"): claim["fan_id"] for claim in claims(items)}
    for page in of(items, "page"):
        campaign_id, number, book, place = (page["pk"].split("#")[at] for at in (1, 3, 5, 7))
        owner = offered.get((campaign_id, int(number), int(book), int(place)))
        strangers = [ref for ref in page if ref in fans and fans[ref] != owner]
        assert owner is None or not strangers, f"others are on the page that is kept for {owner}"


def given_back_is_reissued_once(items: Items) -> None:
    """At every instant: no more new room than was given back."""
    for batch in of(items, "batch"):
        books = sum(book["units"] for book in batch["books"])
        reissued = batch.get("reissued_units", 0)
        assert books == batch["capacity"] + reissued, f"batch {batch['number']} has books of {books} units"
        assert reissued <= batch.get("back_units", 0), f"batch {batch['number']} reissued what was not given back"
