"""A simulated crowd: fans who vote, change their minds, pre-order, repeat requests and withdraw, all through the API.

What each fan wants is drawn from one seed; what becomes of it depends on who comes first, as in life.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from infra.local import sample, tastes, tokens
from infra.local.api import Api, Unexpected
from infra.local.fans import Fan

Progress = Callable[[int], Any]
_AT_ONCE = 4
_WAITERS = 4
_WAIT_SECONDS, _POLL_SECONDS, _LOOK_SECONDS = 60.0, 0.1, 0.3
_FILLING = ("open", "confirmed")


@dataclass
class Crowd:
    """Drives one campaign of the sample organiser from voting to the first manufacturing order."""

    api: Api
    campaign_id: str
    fans: list[Fan]
    progress: Progress
    # Answers that were not a success, by their code: told, not hidden.
    refusals: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    # By pre-order: its fan, and what was answered when it was placed.
    placed: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    # Who has joined the waiting list.
    waiting: list[str] = field(default_factory=list)
    _late: int = 0

    def vote(self) -> None:
        """Every fan casts a ballot; some cast a second one, which replaces the first."""
        features = self._campaign()["features"]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            _finish(pool.map(lambda fan: self._vote(fan, features), self.fans))

    def settle(self) -> None:
        """Ends voting, waits for the certified result and opens the pre-sale."""
        self._organise("settle")
        self._wait_for("the certified result", lambda: self._campaign()["state"] == "settled")
        self._organise("open-presale")

    def preorder(self) -> None:
        """Every fan quotes and pre-orders; a few repeat the request, as after a lost answer, or withdraw."""
        options = self._campaign()["selectable"]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            _finish(pool.map(lambda fan: self._preorder(fan, options), self.fans))

    def queue_up(self) -> None:
        """Latecomers without the code take what everybody may still have of the first batch. Who finds nothing joins
        the waiting list, and so do some more; then one who has a place gives it back."""
        options = self._campaign()["selectable"]
        while self._latecomer(options):
            pass
        ships_at = self.first_batch()["ships_at"]
        for number in range(1, _WAITERS + 1):
            self._wait_in_line(f"Waiter {number}", options, ships_at)
        inside = [(name, one) for name, one in self.placed.values() if one["batch_number"] == 1]
        for name, preorder in inside:
            if self._withdrawn(preorder["preorder_id"], tokens.issue(name, "fan")):
                return

    def fill_first_batch(self) -> None:
        """Who waits takes what is offered; readers of the newsletter take the rest, until the first batch is full of
        secured units."""
        options = self._campaign()["selectable"]
        ends = time.monotonic() + _WAIT_SECONDS
        while (batch := self.first_batch())["state"] in _FILLING:
            for name in self.waiting:
                self._accept_offer(name)
            if batch["held_units"] < batch["capacity"]:
                while self._latecomer(options, has_code=True):
                    pass
            if time.monotonic() > ends:
                raise Unexpected(f"the first batch did not fill: {batch}; waiting: {self.own_entries()}")
            time.sleep(_LOOK_SECONDS)

    def _latecomer(self, options: dict[str, list[str]], *, has_code: bool = False) -> bool:
        """One unit of the first batch, if it has room for one more."""
        self._late += 1
        name = f"Latecomer {self._late}"
        plan = Fan(name, (), 1, "card", repeats=False, withdraws=False, taste=0.0, has_code=has_code, impatient=True)
        return self._preorder(plan, options)

    def _wait_in_line(self, name: str, options: dict[str, list[str]], ships_at: str) -> None:
        """Joins the waiting list for the first batch. The counters by which it opens may be behind: asks again."""
        variant = {feature: kept[0] for feature, kept in options.items()}
        body = {"lines": [{"variant": variant, "quantity": 1}], "accepts_ships_at": ships_at}
        path, token, key = f"/v1/campaigns/{self.campaign_id}/waiting", tokens.issue(name, "fan"), f"demo-{name}"

        def joined() -> bool:
            status, answer = self.api.ask("POST", path, token=token, body=body, key=key.replace(" ", "-"))
            if status >= HTTPStatus.BAD_REQUEST and answer["code"] != "room_left":
                raise Unexpected(f"{name} could not join the waiting list: {answer}")
            return status < HTTPStatus.BAD_REQUEST

        self._wait_for(f"{name}'s place in the waiting list", joined)
        self.waiting.append(name)

    def _accept_offer(self, name: str) -> None:
        """To pre-order what is offered is to accept it."""
        token = tokens.issue(name, "fan")
        offer = self._must("GET", f"/v1/campaigns/{self.campaign_id}/waiting", token=token)["offer"]
        if offer is None:
            return
        lines = [{"variant": line["variant"], "quantity": line["quantity"]} for line in offer["lines"]]
        # On the offer's own terms, or not at all: otherwise it could become a place in a later batch.
        terms = {"accepts_total_minor": offer["total_most_minor"], "accepts_ships_at": offer["ships_at"]}
        path, key = f"/v1/campaigns/{self.campaign_id}/preorders", f"demo-{name}".replace(" ", "-")
        placed = self._try("POST", path, token=token, body={"lines": lines, **terms}, key=key)
        if placed:
            self.placed[placed["preorder_id"]] = (name, placed)

    def own_entries(self) -> list[dict[str, Any]]:
        """What those who joined the waiting list are told of their place."""
        path = f"/v1/campaigns/{self.campaign_id}/waiting"
        return [self._must("GET", path, token=tokens.issue(name, "fan")) for name in self.waiting]

    def own_preorders(self, chosen: Iterable[str]) -> list[dict[str, Any]]:
        """What the fans of these pre-orders are told of them."""
        fans = {preorder_id: tokens.issue(self.placed[preorder_id][0], "fan") for preorder_id in chosen}
        return [self._must("GET", f"/v1/preorders/{one}", token=token) for one, token in fans.items()]

    def wait_for_acceptance(self) -> str:
        """Waits until the manufacturer has accepted the first batch's order. Answers the order's id."""
        self._wait_for("the manufacturing order", lambda: bool(self.first_batch()["order_id"]))
        order_id = str(self.first_batch()["order_id"])
        token = tokens.issue(sample.ORGANISER, "organiser")
        path = f"/v1/manufacturing-orders/{order_id}"
        self._wait_for("the acceptance", lambda: self._must("GET", path, token=token)["state"] == "accepted")
        return order_id

    def first_batch(self) -> dict[str, Any]:
        batches: list[dict[str, Any]] = self._must("GET", f"/v1/campaigns/{self.campaign_id}/batches")["items"]
        return batches[0]

    def _vote(self, fan: Fan, features: list[dict[str, Any]]) -> None:
        token, ballot = tokens.issue(fan.name, "fan"), f"/v1/campaigns/{self.campaign_id}/ballot"
        own = self._must("GET", f"{ballot}/screens", token=token)["features"]
        screens = {one["feature_id"]: one["screens"] for one in own}
        for likings in fan.likings:
            self._try("PUT", ballot, token=token, body={"votes": tastes.votes(features, likings, screens)})

    def _preorder(self, fan: Fan, options: dict[str, list[str]]) -> bool:
        """Whether the fan has a pre-order now."""
        token = tokens.issue(fan.name, "fan")
        wanted = self._wanted(fan, options)
        quote = self._quoted(wanted)
        if quote is None:
            return False
        body = {**wanted, "accepts_total_minor": quote["total_most_minor"], "payment_method": fan.payment_method}
        body |= {"accepts_ships_at": self.first_batch()["ships_at"]} if fan.impatient else {}
        path, key = f"/v1/campaigns/{self.campaign_id}/preorders", f"demo-{fan.name}".replace(" ", "-")
        placed = self._try("POST", path, token=token, body=body, key=key)
        if fan.repeats:
            again = self._try("POST", path, token=token, body=body, key=key)
            if placed and again and placed["preorder_id"] != again["preorder_id"]:
                raise Unexpected(f"{fan.name} sent one request twice and has two pre-orders")
        if placed and not (fan.withdraws and self._withdrawn(placed["preorder_id"], token)):
            self.placed[placed["preorder_id"]] = (fan.name, placed)
        return placed is not None

    def _wanted(self, fan: Fan, options: dict[str, list[str]]) -> dict[str, Any]:
        """The lines, and what the fan leaves open."""
        variant = {feature: kept[int(fan.taste * len(kept))] for feature, kept in options.items()}
        line: dict[str, Any] = {"variant": variant, "quantity": fan.quantity}
        others = [keycaps for keycaps in options["keycaps"] if keycaps != variant["keycaps"]]
        if fan.flexible and others:
            line["second_choice"] = {**variant, "keycaps": others[int(fan.taste * 1000) % len(others)]}
        if fan.more:
            line["up_to"] = fan.quantity + 1
        cap = {"only_if_unit_price_at_most_minor": fan.cap_minor} if fan.cap_minor else {}
        return {"lines": [line], **cap, **({"access_code": sample.ACCESS_CODE} if fan.has_code else {})}

    def _quoted(self, wanted: dict[str, Any]) -> dict[str, Any] | None:
        """The quote, or None when the API refused it."""
        self.requests += 1
        status, answer = self.api.ask("POST", f"/v1/campaigns/{self.campaign_id}/quote", body=wanted)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise Unexpected(f"a quote answered {status}: {answer}")
        if status >= HTTPStatus.BAD_REQUEST:
            self.refusals[str(answer.get("code"))] += 1
            return None
        quoted: dict[str, Any] = answer
        return quoted

    def _withdrawn(self, preorder_id: str, token: str) -> bool:
        return self._try("DELETE", f"/v1/preorders/{preorder_id}", token=token) is not None

    def _campaign(self) -> dict[str, Any]:
        found: dict[str, Any] = self._must("GET", f"/v1/campaigns/{self.campaign_id}")
        return found

    def _organise(self, action: str) -> None:
        token = tokens.issue(sample.ORGANISER, "organiser")
        self._must("POST", f"/v1/campaigns/{self.campaign_id}/{action}", token=token)

    def _must(self, method: str, path: str, **options: Any) -> Any:
        self.requests += 1
        return self.api.must(method, path, **options)

    def _try(self, method: str, path: str, **options: Any) -> Any:
        """The answer, or None when the API refused: 4xx is part of the game, 5xx never is."""
        self.requests += 1
        status, answer = self.api.ask(method, path, **options)
        self.progress(1)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise Unexpected(f"{method} {path} answered {status}: {answer}")
        if status >= HTTPStatus.BAD_REQUEST:
            self.refusals[str(answer.get("code"))] += 1
            return None
        return answer

    def _wait_for(self, what: str, is_there: Callable[[], bool]) -> None:
        ends = time.monotonic() + _WAIT_SECONDS
        while not is_there():
            if time.monotonic() > ends:
                raise Unexpected(f"{what} did not come within {_WAIT_SECONDS:.0f} s")
            time.sleep(_POLL_SECONDS)
        self.progress(1)


def _finish(results: Iterable[object]) -> None:
    """Waits for all, and lets the first failure out."""
    for _ in results:
        pass
