"""What each of Stripe's addresses does, on top of the simulated provider: forms to asks, answers to shapes."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from stripe import params as known

from chalicelib.plumbing.gateway import document as documents
from chalicelib.plumbing.gateway.cards import CARDS
from chalicelib.plumbing.gateway.port import Charge, Found, Prepare, Refund
from chalicelib.plumbing.gateway.simulated import SimulatedProvider
from chalicelib.plumbing.gateway.stripe_amounts import from_stripe
from tests.plumbing.gateway import stripe_shapes as shapes
from tests.plumbing.gateway.stripe_shapes import Shape

LISTS = {"payment_intents": "charge", "setup_intents": "method", "refunds": "refund", "disputes": "dispute"}
PARAMETERS: dict[tuple[str, str], Any] = {
    ("customers", ""): known.CustomerCreateParams,
    ("setup_intents", ""): known.SetupIntentCreateParams,
    ("setup_intents", "cancel"): known.SetupIntentCancelParams,
    ("payment_intents", ""): known.PaymentIntentCreateParams,
    ("payment_intents", "confirm"): known.PaymentIntentConfirmParams,
    ("payment_intents", "cancel"): known.PaymentIntentCancelParams,
    ("refunds", ""): known.RefundCreateParams,
}
NOT_SAVED_OFF_SESSION = (
    "You cannot confirm with the `off_session` parameter when `setup_future_usage` is also set on the PaymentIntent"
)
Form = dict[str, str]
Answer = tuple[int, Shape]


class Refused(Exception):  # noqa: N818 - an answer
    """One that is none of 200."""

    def __init__(self, status: int, message: str, code: str | None = None, param: str | None = None) -> None:
        self.answer = status, shapes.refusal("invalid_request_error", message, code, param)


@dataclass(frozen=True)
class Endpoints:
    """`most_on_a_page`: few, so that pages are turned. `foreign`: pre-orders that stand for sales of others."""

    provider: SimulatedProvider
    most_on_a_page: int
    foreign: set[str] = field(default_factory=set)

    def post(self, path: str, form: Form, key: str) -> Answer:
        listed, reference, act = [*path.split("/"), "", ""][:3]
        _check_parameters(listed, act, form)
        if listed == "customers":
            return 200, self._new_customer(form["metadata[preorder]"])
        if act == "cancel":
            return self._cancel(self._one(reference, LISTS[listed]))
        found = self._asked(listed, reference, form, key)
        shape = self.shape(found, expanded=form.get("expand[0]") == "payment_intent")
        if found.problem is None:
            return 200, shape
        name = str(shape["object"])
        return 402, {"error": {**shapes.problem(found, name), name: shape}}

    def get(self, path: str, form: Form) -> Answer:
        listed, _, reference = path.partition("/")
        if listed == "customers":
            return 200, self._customers(reference, form)
        expanded = form.get("expand[0]", "").endswith("payment_intent")
        if reference:
            return 200, self.shape(self._one(reference, LISTS[listed]), expanded=expanded)
        mine = [one for one in self._matching(form) if one.kind == LISTS[listed]]
        return 200, self._page(path, [self.shape(one, expanded=expanded) for one in mine], form)

    def _asked(self, listed: str, reference: str, form: Form, key: str) -> Found:
        if listed == "refunds":
            return self.provider.refund(self._refund(form, key))
        if reference:
            return self.provider.charge(self._another_try(reference, form, key))
        self._check_token(form, documents.about_of(form["customer"]))
        ask: Any = _prepare(form, key) if listed == "setup_intents" else _charge(form, key)
        return self.provider.prepare(ask) if listed == "setup_intents" else self.provider.charge(ask)

    def _refund(self, form: Form, key: str) -> Refund:
        charge = self._one(form["payment_intent"], "charge")
        amount = from_stripe(int(form["amount"]), charge.currency.lower())
        return Refund(key, form["metadata[preorder]"], int(form["metadata[number]"]), charge.reference, amount)

    def _another_try(self, reference: str, form: Form, key: str) -> Charge:
        before = self._one(reference, "charge")
        self._check_token(form, before.about)
        document = self.provider.shelf.read(before.about)[0] or {}
        if "off_session" in form and document["things"][reference]["save"] and form.get("setup_future_usage") != "":
            raise Refused(400, NOT_SAVED_OFF_SESSION)
        intent = shapes.intent(before, "")
        same = {"amount": str(intent["amount"]), "currency": intent["currency"], "customer": str(before.customer)}
        metadata = {"metadata[preorder]": before.about, "metadata[series]": before.series, "confirm": "True"}
        return replace(_charge({**form, **same, **metadata}, key), charge=reference)

    def _cancel(self, found: Found) -> Answer:
        if found.result in ("done", "cancelled"):
            raise Refused(400, f"You cannot cancel this: it is {found.result}.", "payment_intent_unexpected_state")
        return 200, self.shape(self.provider.cancel(found.reference, found.about), expanded=False)

    def _check_token(self, form: Form, about: str | None) -> None:
        """A token of nobody makes no intent at all."""
        token, param = _token(form)
        document = self.provider.shelf.read(about)[0] if about else None
        if token not in CARDS and token not in (document or {"methods": {}})["methods"]:
            raise Refused(400, f"No such {param}: '{token}'", "resource_missing", param)

    def _new_customer(self, about: str) -> Shape:
        document, version = self.provider.shelf.read(about)
        document = document or documents.blank(about)
        reference = documents.new_reference(document, "customer")
        document["customers"].append(reference)
        assert self.provider.shelf.write(about, document, version)
        return shapes.customer(reference, about)

    def _customers(self, reference: str, form: Form) -> Shape:
        every = [shapes.customer(one, each["about"]) for each in self.documents() for one in each["customers"]]
        if reference == "search":
            wanted = [one for one in every if form["query"] == f"metadata['preorder']:'{one['metadata']['preorder']}'"]
            return {"object": "search_result", "url": "/v1/customers/search", "has_more": False, "data": wanted}
        for one in every:
            if one["id"] == reference:
                return one
        raise Refused(404, f"No such customer: '{reference}'", "resource_missing", "id")

    def _page(self, path: str, things: list[Shape], form: Form) -> Shape:
        after = form.get("starting_after")
        rest = things[[one["id"] for one in things].index(after) + 1 :] if after else things
        most = min(int(form.get("limit", 10)), self.most_on_a_page)
        return {"object": "list", "url": f"/v1/{path}", "has_more": len(rest) > most, "data": rest[:most]}

    def _matching(self, form: Form) -> list[Found]:
        """The newest first."""
        customer = form.get("customer")
        if customer and not any(customer in one["customers"] for one in self.documents()):
            raise Refused(400, f"No such customer: '{customer}'", "resource_missing", "customer")
        wanted = {"customer": customer, "charge": form.get("payment_intent")}
        since = int(form.get("created[gte]", 0))
        every = [one for each in self.documents() for one in self.provider.look_up(each["about"], None)]
        right = [one for one in every if all(not want or getattr(one, name) == want for name, want in wanted.items())]
        young = [one for one in right if shapes.seconds(one) >= since]
        return sorted(young, key=lambda one: (str(one.created_at), one.reference), reverse=True)

    def documents(self) -> Iterator[documents.Document]:
        return self.provider.shelf.changed_since(datetime(1970, 1, 1, tzinfo=UTC))

    def _one(self, reference: str, kind: str) -> Found:
        about = documents.about_of(reference)
        for one in self.provider.look_up(about, None) if about else ():
            if (one.reference, one.kind) == (reference, kind):
                return one
        raise Refused(404, f"No such {kind}: '{reference}'", "resource_missing", "intent")

    def shape(self, found: Found, *, expanded: bool) -> Shape:
        unmarked = {"metadata": {}} if found.about in self.foreign else {}
        if found.kind in ("method", "charge"):
            return {**shapes.intent(found, self.provider._actions(found.reference)[0].decode()), **unmarked}
        charge: Any = found.charge
        charge = self.shape(self._one(charge, "charge"), expanded=False) if expanded else charge
        return {**shapes.taken_back(found, charge), **unmarked}


def _check_parameters(listed: str, act: str, form: Form) -> None:
    names = {name.partition("[")[0] for name in form}
    unknown = names - PARAMETERS[listed, act].__annotations__.keys()
    if unknown:
        raise Refused(400, f"Received unknown parameter: {min(unknown)}", "parameter_unknown", min(unknown))


def _prepare(form: Form, key: str) -> Prepare:
    assert (form["usage"], form["confirm"]) == ("off_session", "true")
    about, currency = form["metadata[preorder]"], form["metadata[currency]"]
    return Prepare(key, about, currency, _token(form)[0], form["customer"])


def _charge(form: Form, key: str) -> Charge:
    off_session, save = form.get("off_session") == "true", form.get("setup_future_usage") == "off_session"
    if off_session and (save or form.get("use_stripe_sdk")):
        raise Refused(400, NOT_SAVED_OFF_SESSION)
    return Charge(
        key,
        form["metadata[preorder]"],
        form["metadata[series]"],
        from_stripe(int(form["amount"]), form["currency"]),
        _token(form)[0],
        form["customer"],
        off_session=off_session,
        save=save,
    )


def _token(form: Form) -> tuple[str, str]:
    """The token, and the parameter that it came in."""
    if "confirmation_token" in form:
        return form["confirmation_token"].removeprefix("ctoken_"), "confirmation_token"
    return form["payment_method"], "payment_method"
