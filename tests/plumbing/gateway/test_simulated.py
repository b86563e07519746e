"""The simulated provider keeps the whole contract, and what only it can be asked."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.plumbing.gateway.document import Document
from chalicelib.plumbing.gateway.port import EventForged, Misused, TryLater
from chalicelib.plumbing.gateway.shelf import MemoryShelf
from chalicelib.plumbing.gateway.signatures import sign
from chalicelib.plumbing.gateway.simulated import TRIES, SimulatedProvider
from tests.hands import START
from tests.plumbing.gateway.contract import ABOUT, OTHER, Fan, GatewayContract, Provided
from tests.plumbing.gateway.simulated_hands import Simulated


class TestSimulated(GatewayContract):
    @pytest.fixture
    def provider(self) -> Provided:
        return Simulated()


class BusyShelf(MemoryShelf):
    """Somebody else writes first, so many times."""

    def __init__(self, times: int, meanwhile=lambda: None) -> None:
        super().__init__()
        self.times, self.meanwhile = times, meanwhile

    def write(self, about: str, document: Document, version: int) -> bool:
        if self.times == 0:
            return super().write(about, document, version)
        self.times -= 1
        self.meanwhile()
        there, now = self.read(about)
        super().write(about, there or document, now)
        return False


@pytest.fixture
def provider() -> Simulated:
    return Simulated()


@pytest.fixture
def fan(provider: Simulated) -> Fan:
    return Fan(provider)


def test_two_who_ask_the_same_at_the_same_moment_charge_once():
    shelf = BusyShelf(0)
    one, other = Simulated(shelf), Simulated(shelf)
    asking = Fan(one).charging()
    answers = []

    def first() -> None:
        shelf.times = 0
        answers.append(other.gateway.charge(asking))

    shelf.times, shelf.meanwhile = 1, first
    answers.append(one.gateway.charge(asking))
    assert answers[0] == answers[1]
    assert len(Fan(one).of("charge")) == 1


def test_two_who_refund_all_of_a_charge_at_the_same_moment_give_it_back_once():
    shelf = BusyShelf(0)
    one, other = Simulated(shelf), Simulated(shelf)
    fan = Fan(one)
    paid = fan.pays()

    def first() -> None:
        shelf.times = 0
        other.gateway.refund(fan.refunding(paid))

    shelf.times, shelf.meanwhile = 1, first
    with pytest.raises(Misused):
        one.gateway.refund(fan.refunding(paid))
    assert sum(refund.minor for refund in fan.of("refund")) == paid.minor


@pytest.mark.parametrize(("times", "charged"), [(TRIES - 1, True), (TRIES, False)])
def test_a_shelf_that_is_never_free_is_given_up_and_nothing_is_done(times, charged):
    provider = Simulated(shelf := BusyShelf(0))
    fan = Fan(provider)
    fan.saves()
    shelf.times = times
    if charged:
        assert fan.pays().result == "done"
    else:
        with pytest.raises(TryLater):
            fan.pays()
    assert len(fan.of("charge")) == charged


def test_the_token_of_a_holder_is_made_of_the_secret_and_the_thing(provider, fan):
    waiting, another = fan.pays("card_authenticate"), fan.pays("card_authenticate")
    assert waiting.action == fan.stands(waiting).action
    assert waiting.action.startswith(f"{waiting.reference}_secret_")
    stranger = SimulatedProvider(provider.shelf, provider.clock, lambda: "other")
    theirs = [one.action for one in stranger.look_up(ABOUT, None)]
    assert len({waiting.action, another.action, *theirs}) == 4


def test_a_token_that_was_never_given_confirms_nothing(provider, fan):
    waiting = fan.pays("card_authenticate")
    another, mac = fan.pays("card_authenticate"), waiting.action.rpartition("_")[2]
    for forged in (
        "",
        "nonsense",
        waiting.reference,
        waiting.action[:-1],
        waiting.action + "0",
        f"{waiting.reference}_secret_",
        f"pi_{OTHER}_2_secret_{mac}",
        f"{another.reference}_secret_{mac}",
        f"{waiting.reference}_secret_{'ż' * 32}",
        f"{waiting.action}\ud800",
        f"\ud800_secret_{mac}",
    ):
        with pytest.raises(Misused):
            provider.gateway.confirm(forged, approve=True)
    assert fan.of("charge") == [waiting, another]


def test_a_token_of_before_the_secret_was_changed_still_confirms(provider, fan):
    waiting = fan.pays("card_authenticate")
    changed = SimulatedProvider(provider.shelf, provider.clock, lambda: "hush-2 hush-1")
    assert changed.confirm(waiting.action, approve=True).result == "done"


def test_confirming_twice_answers_what_came_of_it(provider, fan):
    waiting = fan.pays("card_authenticate")
    first = provider.gateway.confirm(waiting.action, approve=False)
    assert (first.result, first.problem) == ("declined", "authentication_failed")
    assert provider.gateway.confirm(waiting.action, approve=True) == first


def test_a_customer_that_is_not_there_cannot_be_looked_up(provider, fan):
    fan.pays()
    with pytest.raises(Misused):
        provider.gateway.look_up(ABOUT, "cus_nobody")


def test_what_only_time_has_changed_is_dated_at_its_moment_whoever_looks_when(provider, fan):
    paid = fan.pays("card_disputed")
    fan.gets_back(paid, 100)
    provider.forward(timedelta(days=3))
    seen = provider.events()
    assert [(one.kind, (one.created_at - START).total_seconds()) for one in seen[-2:]] == [
        ("refund.updated", 5),
        ("charge.dispute.created", 10),
    ]
    fan.pays()
    assert list(provider.events())[: len(seen)] == seen
    assert [one.kind for one in provider.gateway.events(START + timedelta(seconds=6))] == [
        "charge.dispute.created",
        "payment_intent.succeeded",
    ]


def test_a_signed_body_that_is_no_event_is_refused(provider, fan):
    fan.pays()
    headers, body = provider.signed(provider.events()[0], provider.now())
    twice = body.replace(b'"type"', b'"id":"x","type"')
    for wrong in (b"", b"{}", b"[1]", b"NaN", b"\xff", body[:-1], twice, body.replace(b'"id"', b'"identity"')):
        resigned = {**headers, "payment-signature": sign("hush-0", wrong, provider.now())}
        with pytest.raises(EventForged):
            provider.gateway.read_event(resigned, wrong, provider.now())


def test_the_old_secret_still_signs_while_it_is_rotated_and_another_never_does(provider, fan):
    fan.pays()
    event = provider.events()[0]
    for secret, good in (("hush-0", True), ("hush-1", True), ("hush", False), ("hush-1 hush-0", False)):
        sender = SimulatedProvider(provider.shelf, provider.clock, lambda secret=secret: secret.replace(" ", "_"))
        posted = sender.signed(event, provider.now())
        if good:
            assert provider.gateway.read_event(*posted, provider.now()) == event
        else:
            with pytest.raises(EventForged):
                provider.gateway.read_event(*posted, provider.now())


def test_a_charge_is_gone_on_with_for_the_same_series_only(provider, fan):
    declined = fan.pays("card_declined")
    asking = fan.charging(charge=declined.reference)
    with pytest.raises(Misused):
        provider.gateway.charge(replace(asking, series="other"))
    assert fan.stands(declined) == declined
