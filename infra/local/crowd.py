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
WAIT_SECONDS, _POLL_SECONDS = 60.0, 0.1


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

    def vote(self) -> None:
        """Every fan casts a ballot; some cast a second one, which replaces the first."""
        features = self.campaign()["features"]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            _finish(pool.map(lambda fan: self._vote(fan, features), self.fans))

    def settle(self) -> None:
        """Ends voting, waits for the certified result and opens the pre-sale."""
        self._organise("settle")
        self.wait_for("the certified result", lambda: self.campaign()["state"] == "settled")
        self._organise("open-presale")

    def preorder(self) -> None:
        """Every fan quotes and pre-orders; a few repeat the request, as after a lost answer, or withdraw."""
        options = self.campaign()["selectable"]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            _finish(pool.map(lambda fan: self.preorder_as(fan, options), self.fans))

    def own_preorders(self, chosen: Iterable[str]) -> list[dict[str, Any]]:
        """What the fans of these pre-orders are told of them."""
        fans = {preorder_id: tokens.issue(self.placed[preorder_id][0], "fan") for preorder_id in chosen}
        return [self.must("GET", f"/v1/preorders/{one}", token=token) for one, token in fans.items()]

    def wait_for_acceptance(self) -> str:
        """Waits until the manufacturer has accepted the first batch's order. Answers the order's id."""
        self.wait_for("the manufacturing order", lambda: bool(self.first_batch()["order_id"]))
        order_id = str(self.first_batch()["order_id"])
        token = tokens.issue(sample.ORGANISER, "organiser")
        path = f"/v1/manufacturing-orders/{order_id}"
        self.wait_for("the acceptance", lambda: self.must("GET", path, token=token)["state"] == "accepted")
        return order_id

    def first_batch(self) -> dict[str, Any]:
        batches: list[dict[str, Any]] = self.must("GET", f"/v1/campaigns/{self.campaign_id}/batches")["items"]
        return batches[0]

    def _vote(self, fan: Fan, features: list[dict[str, Any]]) -> None:
        token, ballot = tokens.issue(fan.name, "fan"), f"/v1/campaigns/{self.campaign_id}/ballot"
        own = self.must("GET", f"{ballot}/screens", token=token)["features"]
        screens = {one["feature_id"]: one["screens"] for one in own}
        for likings in fan.likings:
            self.attempt("PUT", ballot, token=token, body={"votes": tastes.votes(features, likings, screens)})

    def preorder_as(self, fan: Fan, options: dict[str, list[str]]) -> bool:
        """Whether the fan has a pre-order now."""
        token = tokens.issue(fan.name, "fan")
        wanted = self._wanted(fan, options)
        quote = self._quoted(wanted)
        if quote is None:
            return False
        body = {**wanted, "accepts_total_minor": quote["total_most_minor"], "payment_method": fan.wallet.card}
        body |= {"accepts_ships_at": self.first_batch()["ships_at"]} if fan.impatient else {}
        path, key = f"/v1/campaigns/{self.campaign_id}/preorders", f"demo-{fan.name}".replace(" ", "-")
        placed = self.attempt("POST", path, token=token, body=body, key=key)
        if fan.repeats:
            again = self.attempt("POST", path, token=token, body=body, key=key)
            if placed and again and placed["preorder_id"] != again["preorder_id"]:
                raise Unexpected(f"{fan.name} sent one request twice and has two pre-orders")
        if placed and not (fan.withdraws and self.withdrawn(placed["preorder_id"], token)):
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

    def withdrawn(self, preorder_id: str, token: str) -> bool:
        return self.attempt("DELETE", f"/v1/preorders/{preorder_id}", token=token) is not None

    def campaign(self) -> dict[str, Any]:
        found: dict[str, Any] = self.must("GET", f"/v1/campaigns/{self.campaign_id}")
        return found

    def _organise(self, action: str) -> None:
        token = tokens.issue(sample.ORGANISER, "organiser")
        self.must("POST", f"/v1/campaigns/{self.campaign_id}/{action}", token=token)

    def must(self, method: str, path: str, **options: Any) -> Any:
        self.requests += 1
        return self.api.must(method, path, **options)

    def attempt(self, method: str, path: str, **options: Any) -> Any:
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

    def wait_for(self, what: str, is_there: Callable[[], bool]) -> None:
        ends = time.monotonic() + WAIT_SECONDS
        while not is_there():
            if time.monotonic() > ends:
                raise Unexpected(f"{what} did not come within {WAIT_SECONDS:.0f} s")
            time.sleep(_POLL_SECONDS)
        self.progress(1)


def _finish(results: Iterable[object]) -> None:
    """Waits for all, and lets the first failure out."""
    for _ in results:
        pass
