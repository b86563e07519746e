"""Sound examples of what is stored, for tests of rules and stores. Each takes the changes that a test is about."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, get_args

from chalicelib.batches.model import Batch
from chalicelib.campaigns.model import Campaign, Feature, Method, NewCampaign
from chalicelib.kernel import ids
from chalicelib.manufacturing.model import Line, ManufacturingOrder, OrderHead
from chalicelib.payments.model import Payment
from chalicelib.preorders.model import Preorder, Promise
from chalicelib.room.model import Book, Claim, Counts, Sheet, Spot
from chalicelib.room.rules import PAGE_UNITS
from tests.cameras import new_campaign
from tests.hands import START

CAMPAIGN_ID = "01900000-0000-7000-8000-0000000c0001"
PREORDER_ID = ids.preorder_id(CAMPAIGN_ID, "sub-ada", 0)
REF = ids.preorder_ref(PREORDER_ID)
ORDER_ID = ids.order_id(CAMPAIGN_ID, 1, revision=1)
SELECTABLE = {"colour": ("red",), "lens": ("wide", "tele")}
VARIANT = {"colour": "red", "lens": "wide"}
CLOSES, SHIPS = START + timedelta(days=30), START + timedelta(days=60)


def new(**changes: Any) -> NewCampaign:
    return NewCampaign.model_validate(new_campaign(**changes))


def campaign(**changes: Any) -> Campaign:
    """A campaign in its pre-sale: red has won, two lenses are selectable."""
    stored = {
        "campaign_id": CAMPAIGN_ID,
        "organiser_id": "sub-olga",
        "state": "preselling",
        "ballot_buckets": 4,
        "selectable": SELECTABLE,
        "created_at": START,
    }
    return Campaign.model_validate({**new_campaign(), **stored, **changes})


def voting(**changes: Any) -> Campaign:
    return campaign(**{"state": "voting", "selectable": None, **changes})


def feature(method: str = "approval", names: Iterable[str] = "abc", **changes: Any) -> Feature:
    """A feature of this method, with these options."""
    options = [{"option_id": name, "label": name} for name in names]
    named = {"feature_id": "f", "title": "F", "method": method, "options": options}
    return Feature.model_validate({**named, **changes})


def one_of_each() -> tuple[Feature, ...]:
    """A feature of every method, named like it."""
    names = {"plurality": "ab", "approval": "xyz", "score": "xyz", "ranked": "abcd", "best_worst": "abcde"}
    return tuple(feature(method, names[method], feature_id=method) for method in get_args(Method))


def batch(**changes: Any) -> Batch:
    """An open batch of 5 to 20 units, all of them in one book."""
    figures = {"minimum": 5, "capacity": 20, "closes_at": CLOSES, "ships_at": SHIPS, "page_units": PAGE_UNITS}
    books = ({"units": changes.get("capacity", 20)},)
    whole = {"campaign_id": CAMPAIGN_ID, "number": 1, "state": "open", "books": books}
    return Batch.model_validate({**whole, **figures, **changes})


def book(units: int = 20, page_units: int = 12, **changes: Any) -> Book:
    """The first book of the first batch."""
    return Book(**{"batch_number": 1, "number": 1, "units": units, "page_units": page_units, **changes})


def claim(**changes: Any) -> Claim:
    """A claim of 3 units of the example's variant, not yet secured."""
    whole = {"ref": REF, "fan_id": "sub-ada", "state": "placed", "units": 3, "wants": "00*3"}
    return Claim(**{**whole, **changes})


def sheet(page: int = 0, *, taken: int = 0, secured: int = 0, back: int = 0, **changes: Any) -> Sheet:
    """A page of the first book, changed as often as it has units."""
    spot = Spot(1, changes.pop("book", 1), page)
    return Sheet(spot, Counts(changes.pop("version", taken + secured + back), taken, secured, back), **changes)


def preorder(**changes: Any) -> Preorder:
    """A placed pre-order of 3 units."""
    line = {"variant": VARIANT, "quantity": 3, "unit_price_most_minor": 10_000}
    money = {"lines": (line,), "units": 3, "currency": "EUR", "total_most_minor": 30_000}
    whose = {"preorder_id": PREORDER_ID, "campaign_id": CAMPAIGN_ID, "fan_id": "sub-ada", "batch_number": 1}
    times = {"placed_at": START, "ships_at": SHIPS}
    return Preorder.model_validate({**whose, **money, **times, "state": "placed", **changes})


def promise(**changes: Any) -> Promise:
    """A pre-order of 3 units written down; it has no room yet."""
    whose = {"preorder_id": PREORDER_ID, "campaign_id": CAMPAIGN_ID, "fan_id": "sub-ada"}
    units = changes.get("units", 3)
    lines = ({"variant": VARIANT, "quantity": units},)
    asked = {"lines": lines, "units": units, "currency": "EUR", "payment_method": "card"}
    sent = {"digest": "d", "fingerprint": "f", "placed_at": START, "path": "1.1"}
    return Promise.model_validate({**whose, **asked, **sent, "state": "wanted", **changes})


def payment(**changes: Any) -> Payment:
    asked = {"amount_most_minor": 30_000, "currency": "EUR", "payment_method": "card"}
    whose = {"preorder_id": PREORDER_ID, "fan_id": "sub-ada", "state": "requested", "asked_at": START}
    return Payment.model_validate({**whose, **asked, **changes})


def line(number: int = 1, **changes: Any) -> Line:
    """Three units of one variant."""
    parts = ({"sku": "SHELL-RED", "quantity": 3},)
    priced = {"variant": VARIANT, "quantity": 3, "unit_price_minor": 10_000, "parts": parts}
    return Line.model_validate({"line": number, **priced, **changes})


def order(**changes: Any) -> ManufacturingOrder:
    """An issued order of one line."""
    whose = {"order_id": ORDER_ID, "campaign_id": CAMPAIGN_ID, "batch_number": 1, "revision": 1}
    parties = {"manufacturer_id": "maker", "organiser_id": "sub-olga"}
    money = {"currency": "EUR", "units": 3, "total_minor": 30_000, "line_count": 1}
    times = {"ships_at": SHIPS, "issued_at": START}
    content = {"lines": (line(),), "parts": ({"sku": "SHELL-RED", "quantity": 3},)}
    return ManufacturingOrder.model_validate(
        {**whose, **parties, **money, **times, **content, "state": "issued", **changes}
    )


def head(**changes: Any) -> OrderHead:
    """The same without its lines."""
    whole = order(**changes)
    return OrderHead.model_validate({**whole.model_dump(exclude={"lines"}), "organiser_id": whole.organiser_id})
