"""What the gateway sends to Stripe, and what it makes of faults on the line; beyond the contract, which it keeps."""

import subprocess
import sys
from datetime import timedelta

import pytest
import stripe

from chalicelib.plumbing.gateway.port import Amount, Misused, TryLater, Unknown
from chalicelib.plumbing.gateway.stripe_connection import API_VERSION
from chalicelib.plumbing.gateway.stripe_gateway import StripeGateway
from tests.hands import START
from tests.plumbing.gateway.contract import ABOUT, OTHER, Fan
from tests.plumbing.gateway.stripe_hands import OnTheWire
from tests.plumbing.gateway.stripe_wire import API_KEY, EVENT_SECRET, Request

FAULTS = {
    "unheard": Unknown,
    "lost": Unknown,
    "garbled": Unknown,
    "broken": Unknown,
    "in_use": TryLater,
    "busy": TryLater,
    "locked": TryLater,
}


@pytest.fixture
def provider() -> OnTheWire:
    return OnTheWire()


@pytest.fixture
def fan(provider: OnTheWire) -> Fan:
    return Fan(provider)


def posted(provider: OnTheWire) -> list[Request]:
    return [request for request in provider.wire.line.requests if request.method == "post"]


def everything_once(fan: Fan) -> None:
    gateway = fan.provider.gateway
    saved = fan.saves("card_disputed")
    paid = gateway.charge(fan.later(saved))
    declined = fan.pays("card_declined")
    gateway.charge(fan.charging(charge=declined.reference))
    fan.gets_back(paid, 100)
    gateway.cancel(fan.pays("card_authenticate").reference, ABOUT)
    fan.everything(saved.customer)
    gateway.about(paid.reference)
    list(gateway.movements(START))


def test_every_request_names_our_version_of_the_api_and_not_the_librarys(provider, fan, monkeypatch):
    monkeypatch.setattr("stripe._stripe_client._ApiVersion.CURRENT", "2099-01-01.later")
    everything_once(fan)
    headers = [request.headers for request in provider.wire.line.requests]
    assert len(headers) > 20
    assert {one["Stripe-Version"] for one in headers} == {API_VERSION}
    assert {one["Authorization"] for one in headers} == {f"Bearer {API_KEY}"}
    assert not any("X-Stripe-Client-Telemetry" in one for one in headers)


def test_every_ask_that_could_move_money_goes_under_our_key(provider, fan):
    everything_once(fan)
    asked = [one for one in posted(provider) if not one.path.endswith("/cancel")]
    keys = [one.headers["Idempotency-Key"].removesuffix("/customer") for one in asked]
    assert set(keys) == set(fan.asked)
    made = [one.headers["Idempotency-Key"] for one in asked if one.path == "customers"]
    assert all(key.endswith("/customer") for key in made)


def test_a_pre_order_and_a_series_are_noted_on_everything(provider, fan):
    everything_once(fan)
    paths = {"customers", "setup_intents", "payment_intents", "refunds"}
    made = [one for one in posted(provider) if one.path in paths]
    assert {one.path for one in made} == paths
    assert {one.form["metadata[preorder]"] for one in made} == {ABOUT}


def test_a_saved_method_keeps_the_currency_that_stripe_does_not_know(provider, fan):
    saved = provider.gateway.prepare(fan.preparing(currency="PLN"))
    assert (saved.currency, fan.stands(saved).currency) == ("PLN", "PLN")


def test_a_fan_who_is_there_is_asked_in_the_page_and_one_who_is_not_is_not_asked(provider, fan):
    saved = fan.saves()
    provider.gateway.charge(fan.charging(save=True, customer=saved.customer))
    provider.gateway.charge(fan.later(saved, save=True))
    there, away = (one.form for one in posted(provider) if one.path == "payment_intents")
    assert (there["use_stripe_sdk"], there["setup_future_usage"]) == ("true", "off_session")
    assert "off_session" not in there
    assert away["off_session"] == "true"
    assert not {"use_stripe_sdk", "setup_future_usage"} & away.keys()


def test_a_charge_that_was_to_keep_its_method_can_be_tried_without_its_holder(provider, fan):
    saved = fan.saves()
    declined = provider.gateway.charge(fan.charging("card_declined", save=True, customer=saved.customer))
    charge = provider.gateway.charge(fan.later(saved, charge=declined.reference))
    assert (charge.reference, charge.result) == (declined.reference, "done")


def test_a_token_of_the_newer_element_goes_as_what_it_is(provider, fan):
    paid = fan.pays("ctoken_card")
    assert paid.result == "done"
    assert posted(provider)[-1].form["confirmation_token"] == "ctoken_card"
    assert "payment_method" not in posted(provider)[-1].form
    assert fan.pays("ctoken_nonsense").problem == "method_invalid"


@pytest.mark.parametrize("begun", [False, True])
def test_a_used_token_of_the_page_is_a_decline_and_no_alarm(provider, fan, begun):
    used = fan.pays()
    earlier = fan.pays("card_declined").reference if begun else None
    again = provider.gateway.charge(fan.charging(method=used.method, charge=earlier))
    assert (again.result, again.problem, again.reference) == ("declined", "method_invalid", earlier or "")


def test_off_session_a_bank_that_asks_leaves_the_page_what_it_needs(provider, fan):
    saved = fan.saves("card_authenticate_always")
    charge = provider.gateway.charge(fan.later(saved))
    assert (charge.result, charge.problem) == ("action_required", "authentication_required")
    assert charge.action
    assert charge.method == saved.method
    assert fan.stands(charge) == charge


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("act", ["prepare", "charge", "refund", "go_on"])
@pytest.mark.parametrize("place", [0, 1])
def test_after_a_fault_at_any_request_the_same_ask_acts_once(provider, fan, fault, act, place):
    paid, declined = fan.pays(), fan.pays("card_declined")
    ask = {
        "prepare": fan.preparing(),
        "charge": fan.charging(),
        "refund": fan.refunding(paid),
        "go_on": fan.charging(charge=declined.reference),
    }[act]
    asking = getattr(provider.gateway, {"go_on": "charge"}.get(act, act))
    before = len(fan.everything())
    provider.wire.line.faults.extend([None] * place + [fault])
    with pytest.raises(FAULTS[fault]):
        asking(ask)
    answer = asking(ask)
    assert answer.result in ("done", "pending")
    assert asking(ask) == answer
    assert len(fan.everything()) == before + (act != "go_on")
    assert len({one.customer for one in fan.everything()}) == 2 + (act in ("prepare", "charge"))


@pytest.mark.parametrize("act", ["look_up", "about", "movements", "cancel"])
@pytest.mark.parametrize(("fault", "raised"), FAULTS.items())
def test_a_fault_while_reading_is_no_answer(provider, fan, fault, raised, act):
    paid = fan.pays()
    gateway = provider.gateway
    reading = {
        "look_up": lambda: gateway.look_up(ABOUT, None),
        "about": lambda: gateway.about(paid.reference),
        "movements": lambda: list(gateway.movements(START)),
        "cancel": lambda: gateway.cancel(paid.reference, ABOUT),
    }[act]
    provider.wire.line.faults.append(fault)
    with pytest.raises(raised):
        reading()
    assert reading()


def test_a_wrong_key_is_an_alarm_and_no_answer(provider, fan):
    stranger = StripeGateway(lambda: "sk_test_wrong", lambda: [EVENT_SECRET], provider.wire)
    for ask in (lambda: stranger.charge(fan.charging()), lambda: stranger.look_up(ABOUT, None)):
        with pytest.raises(stripe.AuthenticationError):
            ask()
    assert fan.everything() == ()


def test_a_missing_right_is_an_alarm_and_no_answer(provider, fan):
    provider.wire.line.faults.append("forbidden")
    with pytest.raises(stripe.PermissionError):
        fan.pays()


def test_a_new_key_is_used_from_the_next_request_on(provider, fan):
    keys = ["sk_test_old"]
    gateway = StripeGateway(lambda: keys[-1], lambda: [EVENT_SECRET], provider.wire)
    with pytest.raises(stripe.AuthenticationError):
        gateway.charge(fan.charging())
    keys.append(API_KEY)
    assert gateway.charge(fan.charging()).result == "done"


def test_what_is_paid_while_it_is_being_cancelled_is_answered_as_paid(provider, fan):
    waiting = fan.pays("card_authenticate")
    provider.wire.line.meanwhile = lambda: provider.confirm(waiting.action, approve=True)
    assert provider.gateway.cancel(waiting.reference, ABOUT).result == "done"


def test_what_is_finished_is_not_asked_to_be_cancelled(provider, fan):
    paid = fan.pays()
    provider.wire.line.requests.clear()
    assert provider.gateway.cancel(paid.reference, ABOUT) == paid
    assert posted(provider) == []


def test_an_amount_that_stripe_cannot_take_is_not_even_asked_for(provider, fan):
    for amount in (Amount(5124, "KWD"), Amount(500, "XAU")):
        with pytest.raises(Misused):
            provider.gateway.charge(fan.charging(amount=amount))
    assert provider.wire.line.requests == []


def test_more_than_a_page_is_turned_over(provider, fan):
    paid = [fan.pays() for _ in range(5)]
    for charge in paid[:3]:
        fan.gets_back(charge, 100)
        fan.gets_back(charge, 100)
        fan.gets_back(charge, 100)
    provider.forward(timedelta(seconds=11))
    moved = list(provider.gateway.movements(START))
    assert len(moved) == len({one.reference for one in moved}) == 14
    assert set(fan.everything()) == set(moved)


def test_a_name_with_a_quote_stays_a_name_in_the_search(provider):
    assert provider.gateway.look_up("it's", None) == ()
    assert provider.wire.line.requests[0].form["query"] == "metadata['preorder']:'it\\'s'"


def test_sales_of_others_on_the_same_account_are_none_of_ours(provider, fan):
    paid = fan.pays()
    stranger = Fan(provider, OTHER)
    theirs = stranger.pays("card_disputed")
    refund = stranger.gets_back(theirs, 100)
    provider.forward(timedelta(seconds=11))
    provider.wire.endpoints.foreign.add(OTHER)
    assert list(provider.gateway.movements(START)) == [paid]
    assert [provider.gateway.about(one.reference) for one in (paid, theirs, refund)] == [ABOUT, None, None]
    for act in (
        lambda: provider.gateway.cancel(theirs.reference, OTHER),
        lambda: provider.gateway.refund(stranger.refunding(theirs)),
    ):
        with pytest.raises(Misused):
            act()


def test_nobody_elses_charge_is_given_back_or_gone_on_with(provider, fan):
    stranger = Fan(provider, OTHER)
    theirs, declined = stranger.pays(), stranger.pays("card_declined")
    with pytest.raises(Misused, match="no charge of"):
        provider.gateway.refund(fan.refunding(theirs))
    with pytest.raises(Misused, match="another charge"):
        provider.gateway.charge(fan.charging(charge=declined.reference))
    assert provider.gateway.look_up(ABOUT, theirs.customer) == ()
    saved = fan.saves()
    mine = fan.pays("card_declined")
    with pytest.raises(Misused, match="another charge"):
        provider.gateway.charge(fan.charging(charge=mine.reference, series="balance"))
    with pytest.raises(Misused, match="another customer"):
        provider.gateway.charge(fan.charging(charge=mine.reference, customer=saved.customer))
    assert fan.of("refund") == []


def test_an_event_is_read_by_either_secret_while_the_endpoint_changes_its_own(provider, fan):
    fan.pays()
    posted_ = provider.signed(provider.events()[0], provider.now())
    for secrets, good in (
        ([EVENT_SECRET], True),
        (["whsec_new", EVENT_SECRET], True),
        (["whsec_new"], False),
        ([], False),
    ):
        gateway = StripeGateway(lambda: API_KEY, lambda secrets=secrets: secrets)
        if good:
            assert gateway.read_event(*posted_, provider.now()).about == ABOUT
        else:
            with pytest.raises(Exception, match="does not hold"):
                gateway.read_event(*posted_, provider.now())


def test_stripes_own_library_takes_our_signatures_for_its_own(provider, fan):
    fan.pays()
    headers, body = provider.signed(provider.events()[0], provider.now())
    assert stripe.WebhookSignature.verify_header(body, headers["stripe-signature"], EVENT_SECRET, tolerance=0)
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.WebhookSignature.verify_header(body, headers["stripe-signature"], "whsec_other", tolerance=0)


def test_stripes_library_is_imported_by_those_only_who_talk_to_stripe():
    program = (
        "import sys\n"
        "from datetime import UTC, datetime\n"
        "from chalicelib.plumbing.gateway.stripe_gateway import StripeGateway\n"
        "from chalicelib.plumbing.gateway.signatures import sign\n"
        "gateway = StripeGateway(str, lambda: ['s'])\n"
        'now, body = datetime(2026, 1, 1, tzinfo=UTC), b\'{"type": "payout.paid"}\'\n'
        "assert gateway.read_event({'stripe-signature': sign('s', body, now)}, body, now) is None\n"
        "sys.exit('stripe' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False, timeout=60).returncode == 0
