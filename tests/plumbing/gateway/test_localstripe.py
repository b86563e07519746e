"""The Stripe gateway over a real socket, against localstripe: somebody else's idea of Stripe.

What it does otherwise than Stripe, as of 1.15.10, and what is bridged here (b) or left out (o):
- it takes no `allowed_payment_method_types`, `use_stripe_sdk`, `setup_future_usage`, `confirmation_token` (b, dropped)
- a SetupIntent cannot be made and confirmed in one request (b, two requests), and a declined one is cancelled (o)
- a PaymentIntent has no `amount_received` (b), and cannot be confirmed with another method: 500, not implemented (o)
- a card that Stripe declines at once can be charged, only not saved (o)
- the error of a declined card does not name the intent, nor the bank's reason (o)
- lists cannot be asked by customer or by date, and tell everything (b: we look at whose it is anyway)
- there is no search, and there are no disputes (o; b: an empty list)
- it ignores idempotency keys, and the version; it gives back more than was charged; refunds arrive at once (o)
- off session, it asks a holder who is not there: 200 and `requires_action`, where Stripe declines (o)
- it keeps everything in a file that all on one machine share (b), and listens to the whole network (b)
"""

import importlib.util
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
import stripe

from chalicelib.plumbing.gateway.port import Amount, Charge, Misused, Prepare, Refund, Unknown
from chalicelib.plumbing.gateway.stripe_gateway import StripeGateway
from tests.hands import START

ABOUT = "01900000-0000-7000-8000-0000000c0001.000"
AUTHENTICATES = "4000002500003155"
DECLINED, CHARGED_IN_VAIN = "pm_card_visa_chargeDeclined", "pm_card_chargeCustomerFail"
UNKNOWN_TO_IT = ("allowed_payment_method_types", "use_stripe_sdk", "setup_future_usage")
NOT_FILTERED = ("customer", "created[gte]")
PROGRAM = """
import sys
from aiohttp import web
from localstripe import resources, server
resources.Store.dump_to_disk = lambda self: None
web.run_app(server.app, host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)
"""


class Bridge(stripe.RequestsClient):
    """The library's own client; see above for what it changes."""

    def request(self, method: str, url: str, headers: Any, post_data: Any = None) -> tuple[bytes, int, Any]:
        address, _, query = url.partition("?")
        form = parse_qsl(post_data or "", keep_blank_values=True)
        form = [(name, value) for name, value in form if name.partition("[")[0] not in UNKNOWN_TO_IT]
        asked = [(name, value) for name, value in parse_qsl(query) if name not in NOT_FILTERED]
        if address.endswith("/v1/disputes"):
            return b'{"object": "list", "data": [], "has_more": false, "url": "/v1/disputes"}', 200, {}
        if address.endswith("/v1/setup_intents") and method == "post":
            return self._saved(address, headers, dict(form))
        text, status, answered = super().request(method, f"{address}?{urlencode(asked)}", headers, urlencode(form))
        return completed(text), status, answered

    def _saved(self, address: str, headers: Any, form: dict[str, str]) -> tuple[bytes, int, Any]:
        confirming = {"payment_method": form.pop("payment_method")}
        del form["confirm"]
        text, _, _ = super().request("post", address, headers, urlencode(form))
        made = json.loads(text)["id"]
        return super().request("post", f"{address}/{made}/confirm", headers, urlencode(confirming))


def completed(text: bytes) -> bytes:
    told = json.loads(text)
    for one in [told, *told.get("data", [])]:
        if one.get("object") == "payment_intent":
            one["amount_received"] = one["amount"] if one["status"] == "succeeded" else 0
    return json.dumps(told).encode()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    if importlib.util.find_spec("localstripe") is None:
        pytest.skip("localstripe is not installed: `make setup` installs it")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen([sys.executable, "-c", PROGRAM, str(port)], stdout=subprocess.DEVNULL)
    try:
        listens(port, server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=10)


def listens(port: int, server: subprocess.Popen) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("localstripe does not start: run it by hand to see why")


@pytest.fixture
def gateway(address: str) -> StripeGateway:
    return StripeGateway(lambda: "sk_test_local", list, Bridge(timeout=10), api_base=address)


@pytest.fixture
def client(address: str) -> stripe.StripeClient:
    """What the page does in the fan's browser."""
    return stripe.StripeClient("sk_test_local", base_addresses={"api": address})


def charging(key: str, **changes: Any) -> Charge:
    usual: dict[str, Any] = {"series": "all", "amount": Amount(1234, "EUR"), "method": "pm_card_visa"}
    return Charge(key, ABOUT, **{**usual, **changes})


def test_a_card_is_saved_charged_later_and_given_back(gateway: StripeGateway):
    saved = gateway.prepare(Prepare("k1", ABOUT, "EUR", "pm_card_visa"))
    assert (saved.kind, saved.result, saved.about, saved.currency) == ("method", "done", ABOUT, "EUR")
    paid = gateway.charge(charging("k2", method=saved.method, customer=saved.customer, off_session=True))
    assert (paid.result, paid.minor, paid.currency, paid.series) == ("done", 1234, "EUR", "all")
    assert paid.customer == saved.customer
    refund = gateway.refund(Refund("k3", ABOUT, 1, paid.reference, Amount(234, "EUR")))
    assert (refund.result, refund.minor, refund.charge, refund.about) == ("done", 234, paid.reference, ABOUT)
    looked = gateway.look_up(ABOUT, saved.customer)
    assert {one.reference for one in looked} >= {saved.reference, paid.reference, refund.reference}
    assert [gateway.about(one.reference) for one in (saved, paid, refund)] == [ABOUT] * 3
    moved = {one.reference for one in gateway.movements(START - timedelta(days=3650))}
    assert moved >= {paid.reference, refund.reference}
    assert saved.reference not in moved


def test_a_declined_card_takes_nothing(gateway: StripeGateway):
    declined = gateway.charge(charging("d1", method=CHARGED_IN_VAIN))
    assert (declined.kind, declined.result, declined.problem) == ("charge", "declined", "card_declined")
    assert gateway.prepare(Prepare("d2", ABOUT, "EUR", DECLINED)).result == "declined"


@pytest.mark.parametrize("approve", [True, False])
def test_the_holder_confirms_with_the_bank(gateway: StripeGateway, client: stripe.StripeClient, approve):
    card: Any = {"number": AUTHENTICATES, "exp_month": 12, "exp_year": 2030, "cvc": "123"}
    method = client.v1.payment_methods.create({"type": "card", "card": card})
    waiting = gateway.charge(charging(f"s{approve}", method=method.id))
    assert (waiting.result, waiting.problem) == ("action_required", None)
    told = {"client_secret": str(waiting.action), "success": str(approve).lower()}
    client.raw_request("post", f"/v1/payment_intents/{waiting.reference}/_authenticate", **told)
    (stands,) = [one for one in gateway.look_up(ABOUT, waiting.customer) if one.reference == waiting.reference]
    assert (stands.result, stands.problem) == (("done", None) if approve else ("declined", "authentication_failed"))


def test_an_unfinished_charge_is_cancelled_and_a_finished_one_is_not(
    gateway: StripeGateway, client: stripe.StripeClient
):
    card: Any = {"number": AUTHENTICATES, "exp_month": 12, "exp_year": 2030, "cvc": "123"}
    method = client.v1.payment_methods.create({"type": "card", "card": card})
    waiting, paid = gateway.charge(charging("c1", method=method.id)), gateway.charge(charging("c2"))
    for _ in range(2):
        assert gateway.cancel(waiting.reference, ABOUT).result == "cancelled"
    assert gateway.cancel(paid.reference, ABOUT) == paid


def test_what_is_not_there_is_misuse_and_about_nothing(gateway: StripeGateway):
    with pytest.raises(Misused):
        gateway.refund(Refund("m1", ABOUT, 1, "pi_nobody", Amount(1, "EUR")))
    assert gateway.about("pi_nobody") is None


def test_where_nobody_listens_nothing_is_known():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    gateway = StripeGateway(lambda: "sk_test_local", list, api_base=f"http://127.0.0.1:{port}")
    with pytest.raises(Unknown):
        gateway.charge(charging("n1"))


def test_its_known_differences_are_still_there(gateway: StripeGateway):
    """If one of them is gone, the list above is to be shortened and more can be tried."""
    first, second = gateway.charge(charging("same")), gateway.charge(charging("same"))
    assert first.reference != second.reference
    assert gateway.refund(Refund("more", ABOUT, 1, first.reference, Amount(99_999, "EUR"))).result == "done"
    assert gateway.charge(charging("none", method=CHARGED_IN_VAIN)).reference == ""
    assert gateway.charge(charging("not saved", method=DECLINED)).result == "done"
