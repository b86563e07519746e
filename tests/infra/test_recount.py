"""The recount counts items, not counters, and notices every figure that differs."""

from typing import Any

from chalicelib.kernel import keys
from infra.local import recount

VARIANT = {"case": "brass", "keycaps": "ansi"}
LINES = "case=brass, keycaps=ansi"
NOBODY: dict[str, Any] = {"waiting list": {}, "moves": {}, "left": {}}


def preorder(fan: str, units: int, state: str = "ordered", **more: Any) -> dict[str, Any]:
    line = {"variant": VARIANT, "quantity": units}
    found = {"kind": "preorder", "preorder_id": f"c.{fan}.000", "campaign_id": "c", "units": units, "lines": [line]}
    return {**found, "state": state, **more}


def ordered(fan: str, units: int) -> dict[str, Any]:
    return preorder(fan, units, batch_number=1, final_total_minor=400 * units)


def page(number: int, **claims: str) -> dict[str, Any]:
    return {"kind": "page", "pk": keys.room_page("c", number, 1, page=0).pk, "n": 99, **claims}


def ballot(case: str) -> dict[str, Any]:
    return {"kind": "ballot", "pk": "C#c#B#0000", "votes": {"case": [case], "keycaps": []}}


PAYING = (("a", "paid"), ("b", "locked"), ("c", "dropped"))
ITEMS = [
    {"kind": "batch", "campaign_id": "c", "number": 1, "state": "ordered", "order_id": "o", "held_units": 999},
    {"kind": "batch", "campaign_id": "c", "number": 2, "state": "open"},
    ordered("a", 2),
    ordered("b", 1),
    preorder("c", 5, "withdrawn"),
    preorder("d", 4, "wanted"),
    preorder("e", 6, "wanted"),
    preorder("f", 7, "refused"),
    page(1, a_000="c;1;00*2;1.2.0*1;fan-a", b_000="c;1;00*1;;fan-b", c_000="b;5;00*5;;fan-c"),
    {"kind": "page", "pk": keys.room_page("c", 1, 2, page=0).pk, "a_000": "c;1;;;fan-a"},
    page(2, d_000="p;4;00*4;;fan-d"),
    {"kind": "page", "pk": keys.room_page("another", 1, 1, page=0).pk, "z_000": "p;9;00*9;;fan-z"},
    ballot("brass"),
    ballot("brass"),
    {**ballot("brass"), "pk": "C#another#B#0000"},
]


def test_figures_are_counted_from_the_items_themselves() -> None:
    assert recount.recounted(ITEMS, "c") == {
        "ballots": 2,
        "votes": {"case": {"brass": 2}},
        "batch 1 state": "ordered",
        "batch 1 held units": 3,
        "batch 1 held units by claims": 3,
        "batch 1 secured units": 3,
        "batch 1 collected units": 3,
        "batch 1 collected units by claims": 3,
        "batch 1 order lines": {LINES: 3},
        "batch 1 order units": 3,
        "batch 1 order total": 1200,
        "batch 1 order lines at the manufacturer": {LINES: 3},
        "batch 2 state": "open",
        "batch 2 held units": 4,
        "batch 2 held units by claims": 4,
        "batch 2 secured units": 0,
        "batch 2 collected units": 0,
        "batch 2 collected units by claims": 0,
        **NOBODY,
    }


class Told:
    """An API that answers from a table of answers."""

    def __init__(self, ballots: int = 2, quantity: int = 3) -> None:
        order_lines = [{"variant": VARIANT, "quantity": quantity, "unit_price_minor": 400}]
        self.order = {"order_id": "o", "units": quantity, "lines": order_lines}
        units = {"held_units": 3, "secured_units": 3, "collected_units": 3}
        first = {"number": 1, "state": "ordered", "order_id": "o", **units}
        second = {"number": 2, "state": "open", "order_id": None, "held_units": 4, "secured_units": 0}
        second["collected_units"] = 0
        self.answers = {
            "/v1/campaigns/c/tally": {
                "ballots": ballots,
                "features": [{"feature_id": "case", "counts": {"brass": 2, "sea-glass": 0}}],
            },
            "/v1/campaigns/c/batches": {"items": [first, second]},
            "/v1/manufacturing-orders/o": self.order,
        }

    def must(self, _method: str, path: str, **_options: Any) -> Any:
        return self.answers[path]


def differing(told: Told, received: dict[str, Any] | None = None) -> list[str]:
    said = recount.told(told, "c", organiser_token="t", received=received)  # type: ignore[arg-type]
    return [one.figure for one in recount.disagreements(recount.recounted(ITEMS, "c"), said)]


def test_what_agrees_agrees() -> None:
    assert differing(Told()) == []
    assert differing(Told(), {"o": {"order": Told().order}}) == []


def test_each_difference_is_named() -> None:
    assert differing(Told(ballots=3)) == ["ballots"]
    assert differing(Told(quantity=2)) == [
        "batch 1 order lines",
        "batch 1 order lines at the manufacturer",
        "batch 1 order total",
        "batch 1 order units",
    ]
    assert differing(Told(), {}) == ["batch 1 order lines at the manufacturer"]
    assert differing(Told(), {"o": {"order": Told(quantity=1).order}}) == ["batch 1 order lines at the manufacturer"]


def test_of_what_is_in_parts_only_the_parts_that_differ_are_told() -> None:
    [found] = recount.disagreements({"ledger": {"fans": 1, "fees": 2}}, {"ledger": {"fans": 1, "fees": 3}})
    assert (found.stored, found.told) == ({"fees": 2}, {"fees": 3})


def test_what_is_paid_for_and_not_yet_ordered_is_collected_and_what_was_dropped_is_gone() -> None:
    """A batch that is still collecting: one has paid, one is to be charged, one was dropped."""
    items = [
        {"kind": "batch", "campaign_id": "c", "number": 1, "state": "collecting"},
        *(preorder(fan, 2, state, batch_number=1) for fan, state in PAYING),
        page(1, a_000="c;2;00*2;;fan-a", b_000="s;2;00*2;;fan-b", c_000="b;2;00*2;;fan-c"),
    ]
    found = recount.recounted(items, "c")
    assert {name: units for name, units in found.items() if "units" in name} == {
        "batch 1 held units": 4,
        "batch 1 held units by claims": 4,
        "batch 1 secured units": 4,
        "batch 1 collected units": 2,
        "batch 1 collected units by claims": 2,
    }
