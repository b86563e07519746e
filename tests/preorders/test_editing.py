"""What a pre-order holds after a change, and the writes that refuse one made on old knowledge."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel.refusals import Busy
from chalicelib.payments import store as payments
from chalicelib.payments.rules import PaymentMoved
from chalicelib.preorders.addresses import Address, household
from chalicelib.room import store as room
from chalicelib.room.model import Book, Claim, Piece, Spot, pieces_text, read_claim, read_pieces
from chalicelib.room.reshaping import grown, reshaping, shrunk, standing
from tests import examples
from tests.examples import CAMPAIGN_ID, PREORDER_ID
from tests.hands import START
from tests.stored import Stored

REF = "0123456789abcdef_000"
BOOK = Book(1, 1, 45, 15)
PIECES = st.lists(st.tuples(st.integers(1, 15), st.integers(0, 5)), min_size=1, max_size=5).map(
    lambda found: tuple(Piece(Spot(1, 1, page), units, back) for page, (units, back) in enumerate(found))
)
HOME = {"name": "Ada", "street": "Straße 5", "city": "Köln", "postal_code": "50-667", "country": "DE"}


def units(pieces: tuple[Piece, ...]) -> int:
    return sum(piece.units for piece in pieces)


@given(PIECES, st.data())
def test_fewer_units_leave_every_page_as_full_as_it_was(pieces, data):
    fewer = data.draw(st.integers(0, units(pieces) - 1))
    after = shrunk(pieces, fewer)
    assert units(after) == units(pieces) - fewer
    assert [(p.spot, p.units + p.back) for p in after] == [(p.spot, p.units + p.back) for p in pieces]
    assert after[0].units > 0, "the first page says what the pre-order wants"


@given(PIECES, PIECES)
def test_more_units_begin_where_the_pre_order_began(pieces, further):
    after = grown(pieces, further)
    assert units(after) == units(pieces) + units(further)
    assert [p.spot for p in after][: len(pieces)] == [p.spot for p in pieces]
    assert [p.back for p in after][: len(pieces)] == [p.back for p in pieces]
    assert len({p.spot for p in after}) == len(after)


@given(PIECES, st.sampled_from(["placed", "secured", "back"]))
def test_claims_and_places_are_read_back_as_they_were_written(pieces, state):
    assert read_pieces(pieces_text(pieces)) == pieces
    for claim in standing(pieces, Claim(REF, "sub-ada", state, 0, "01*2")):
        assert read_claim(REF, claim.text()) == claim


def test_a_claim_of_before_edits_means_what_it_meant():
    assert read_claim(REF, "p;3;01*3;1.1.6*1;sub-ada").also == (Piece(Spot(1, 1, 6), 1, 0),)
    assert Claim(REF, "sub-ada", "placed", 3, "01*3").text() == "p;3;01*3;;sub-ada"


class TestWrites:
    """On one page of 15 units, of which the pre-order has 4."""

    BEFORE = (Piece(Spot(1, 1, 0), 4),)

    def claims(self, pieces: tuple[Piece, ...], state: str = "placed") -> list[Claim]:
        return standing(pieces, Claim(REF, "sub-ada", state, 0, "01*4"))  # type: ignore[arg-type]

    def turn(self, stored: Stored, after: tuple[Piece, ...], before: tuple[Piece, ...] = BEFORE) -> None:
        writes = reshaping(CAMPAIGN_ID, [BOOK], self.claims(before), self.claims(after), after)
        stored.commit(*writes)

    @pytest.fixture
    def placed(self, stored: Stored) -> Stored:
        stored.commit(room.claiming(CAMPAIGN_ID, BOOK, self.claims(self.BEFORE)[0], page=0))
        return stored

    def counts(self, stored: Stored) -> tuple[int, int, int]:
        [sheet] = room.read(stored.table, CAMPAIGN_ID, [Spot(1, 1, 0)], consistent=True)
        return sheet.counts.taken, sheet.counts.back, sheet.counts.version

    def test_fewer_and_more_on_one_page(self, placed: Stored):
        fewer = shrunk(self.BEFORE, 3)
        self.turn(placed, fewer)
        assert self.counts(placed) == (4, 3, 2)
        self.turn(placed, grown(fewer, [Piece(Spot(1, 1, 0), 11)]), before=fewer)
        assert self.counts(placed) == (15, 3, 3)

    def test_no_page_takes_more_than_it_has(self, placed: Stored):
        with pytest.raises(Busy):
            self.turn(placed, grown(self.BEFORE, [Piece(Spot(1, 1, 0), 12)]))

    def test_a_claim_that_has_changed_since_is_not_overwritten(self, placed: Stored):
        self.turn(placed, shrunk(self.BEFORE, 1))
        with pytest.raises(Busy):
            self.turn(placed, shrunk(self.BEFORE, 2))

    def test_a_sealed_page_is_left_as_it_is(self, placed: Stored):
        [sheet] = room.read(placed.table, CAMPAIGN_ID, [Spot(1, 1, 0)], consistent=True)
        placed.commit(room.sealing(CAMPAIGN_ID, BOOK, sheet))
        with pytest.raises(Busy):
            self.turn(placed, shrunk(self.BEFORE, 1))


class TestPayment:
    """Asked for 400; then the pre-order becomes smaller."""

    PAYMENT = examples.payment(amount_most_minor=400)

    def test_an_answer_to_what_was_asked_before_does_not_count(self, stored: Stored):
        """F19: whoever tells what the provider said has read the payment as it is."""
        stored.commit(payments.requesting(self.PAYMENT))
        stored.commit(payments.amending(self.PAYMENT, 300, "1.1.0*3+1"))
        secured = {"state": "secured", "answered": 1}
        stored.assert_refused(PaymentMoved, payments.revising(self.PAYMENT, self.PAYMENT.model_copy(update=secured)))
        again = payments.get(stored.table, PREORDER_ID)
        assert (again.state, again.amount_most_minor, again.claim) == ("requested", 300, "1.1.0*3+1")
        stored.commit(payments.revising(again, again.model_copy(update=secured)))
        assert payments.get(stored.table, PREORDER_ID).state == "secured"

    def test_of_two_changes_at_once_one_is_refused(self, stored: Stored):
        stored.commit(payments.requesting(self.PAYMENT))
        stored.commit(payments.amending(self.PAYMENT, 300, ""))
        stored.assert_refused(PaymentMoved, payments.amending(self.PAYMENT, 200, ""))

    def test_what_was_secured_is_remembered(self, stored: Stored):
        stored.commit(payments.requesting(self.PAYMENT))
        stored.commit(payments.moving(PREORDER_ID, "secured"))
        for amount in (300, 100, 400):
            payment = payments.get(stored.table, PREORDER_ID)
            assert payment.secured_minor == 400
            stored.commit(payments.amending(payment, amount, ""))
        assert payments.get(stored.table, PREORDER_ID).amount_most_minor == 400

    def test_what_is_being_taken_is_not_changed_any_more(self, stored: Stored):
        """M2: a payment that has moved on since it was read."""
        stored.commit(payments.requesting(self.PAYMENT))
        stored.commit(payments.moving(PREORDER_ID, "secured"))
        secured = payments.get(stored.table, PREORDER_ID)
        stored.commit(payments.becoming_due(PREORDER_ID, 400, at=START, drop_at=None, reminder_hours=48))
        stored.assert_refused(PaymentMoved, payments.amending(secured, 300, ""))

    def test_no_more_becomes_due_than_was_accepted(self, stored: Stored):
        """M2: whatever the price has become."""
        stored.commit(payments.requesting(self.PAYMENT))
        stored.commit(payments.moving(PREORDER_ID, "secured"))
        for amount in (401, 400):
            due = payments.becoming_due(PREORDER_ID, amount, at=START, drop_at=None, reminder_hours=48)
            if amount > 400:
                stored.assert_refused(PaymentMoved, due)
            else:
                stored.commit(due)
        assert payments.get(stored.table, PREORDER_ID).due_minor == 400


@pytest.mark.parametrize(
    "other",
    [{"name": "Bob"}, {"street": " STRASSE  5"}, {"postal_code": "50667"}, {"city": "Koeln"}, {"region": "NRW"}],
)
def test_one_household_however_it_is_written(other: dict[str, str]):
    assert household("s", Address(**HOME)) == household("s", Address(**HOME | other))


@pytest.mark.parametrize("other", [{"street": "Straße 6"}, {"postal_code": "50668"}, {"country": "AT"}])
def test_two_households_are_two(other: dict[str, str]):
    assert household("s", Address(**HOME)) != household("s", Address(**HOME | other))
    assert household("s", Address(**HOME)) != household("t", Address(**HOME))
