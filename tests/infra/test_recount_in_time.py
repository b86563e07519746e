"""The demo's recount: a pre-order that has not yet followed its batch is a difference that passes, not the end."""

from infra.local import recount

CAMPAIGN = "c1"


def item(kind, **attributes):
    return {"kind": kind, "campaign_id": CAMPAIGN, **attributes}


def stored(**preorder):
    line = {"variant": {"colour": "red"}, "quantity": 2}
    batch = item("batch", number=1, state="ordered", order_id="o")
    return [batch, item("preorder", preorder_id="o", batch_number=1, units=2, lines=[line], **preorder)]


def test_a_pre_order_that_is_still_on_its_way_counts_without_its_final_total() -> None:
    figures = recount.recounted(stored(state="secured"), CAMPAIGN)
    assert (figures["batch 1 order units"], figures["batch 1 order total"]) == (2, 0)


def test_once_it_has_followed_its_total_is_counted() -> None:
    figures = recount.recounted(stored(state="ordered", final_total_minor=200), CAMPAIGN)
    assert figures["batch 1 order total"] == 200


def test_figures_of_one_side_alone_disagree() -> None:
    assert [one.figure for one in recount.disagreements({"ballots": 1}, {})] == ["ballots"]
