"""A simulated crowd: fans who vote, change their minds, pre-order, repeat requests and withdraw, all through the API.

What each fan wants is drawn from one seed; what becomes of it depends on who comes first, as in life.
"""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from infra.local import sample, tastes, tokens
from infra.local.api import Api, Unexpected

Progress = Callable[[int], Any]
_AT_ONCE = 4
_CHANGES_MIND, _REPEATS, _WITHDRAWS, _DECLINED = 0.2, 0.1, 0.06, 0.03
_WAIT_SECONDS, _POLL_SECONDS = 60.0, 0.1
_FILLING = ("open", "confirmed")


@dataclass(frozen=True)
class Fan:
    """One fan's plan. Everything is decided beforehand, so that threads change nothing about it."""

    name: str
    # What the fan likes at each casting.
    likings: tuple[dict[str, tastes.Liking], ...]
    quantity: int
    payment_method: str
    repeats: bool
    withdraws: bool
    taste: float

    @property
    def steps(self) -> int:
        """How many requests the fan will make in all, token, screens and quote apart."""
        return len(self.likings) + 1 + self.repeats + self.withdraws


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

    def fill_first_batch(self) -> None:
        """Latecomers take single units until the first batch is full: two may not have fitted into the last place."""
        late = 0
        options = self._campaign()["selectable"]
        ends = time.monotonic() + _WAIT_SECONDS
        while (batch := self.first_batch())["state"] in _FILLING:
            for _ in range(batch["capacity"] - batch["held_units"]):
                late += 1
                fan = Fan(f"Latecomer {late}", (), 1, "card", repeats=False, withdraws=False, taste=0.0)
                self._preorder(fan, options)
            if time.monotonic() > ends:
                raise Unexpected(f"the first batch did not fill: {batch}")
            time.sleep(_POLL_SECONDS)

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

    def _preorder(self, fan: Fan, options: dict[str, list[str]]) -> None:
        token = tokens.issue(fan.name, "fan")
        variant = {feature: kept[int(fan.taste * len(kept))] for feature, kept in options.items()}
        lines = [{"variant": variant, "quantity": fan.quantity}]
        quote = self._must("POST", f"/v1/campaigns/{self.campaign_id}/quote", body={"lines": lines})
        body = {"lines": lines, "accepts_total_minor": quote["total_most_minor"], "payment_method": fan.payment_method}
        path, key = f"/v1/campaigns/{self.campaign_id}/preorders", f"demo-{fan.name}".replace(" ", "-")
        placed = self._try("POST", path, token=token, body=body, key=key)
        if fan.repeats:
            again = self._try("POST", path, token=token, body=body, key=key)
            if placed and again and placed["preorder_id"] != again["preorder_id"]:
                raise Unexpected(f"{fan.name} sent one request twice and has two pre-orders")
        if fan.withdraws and placed:
            self._try("DELETE", f"/v1/preorders/{placed['preorder_id']}", token=token)

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


def gather(features: list[dict[str, Any]], count: int, seed: int = 1) -> list[Fan]:
    """So many fans with their plans."""
    chance = random.Random(seed)  # noqa: S311 - a play, to be repeated
    return [_fan(f"Fan {number}", features, chance) for number in range(1, count + 1)]


def _fan(name: str, features: list[dict[str, Any]], chance: random.Random) -> Fan:
    castings = 1 + (chance.random() < _CHANGES_MIND)
    return Fan(
        name=name,
        likings=tuple(tastes.draw(features, chance) for _ in range(castings)),
        quantity=chance.choices((1, 2, 3), (70, 25, 5))[0],
        payment_method="card_declined" if chance.random() < _DECLINED else "card",
        repeats=chance.random() < _REPEATS,
        withdraws=chance.random() < _WITHDRAWS,
        taste=chance.random(),
    )


def _finish(results: Iterable[None]) -> None:
    """Waits for all, and lets the first failure out."""
    for _ in results:
        pass
