"""Who comes late to a pre-sale: readers of the newsletter, latecomers without its code, and who waits for a place."""

import time
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from infra.local import tokens
from infra.local.api import Unexpected
from infra.local.crowd import WAIT_SECONDS, Crowd
from infra.local.fans import Fan

_WAITERS = 4
_LOOK_SECONDS = 0.3
_FILLING = ("open", "confirmed")


@dataclass
class Latecomers:
    """They fill what a crowd has left of the first batch."""

    crowd: Crowd
    # Who has joined the waiting list.
    waiting: list[str] = field(default_factory=list)
    _late: int = 0

    def queue_up(self) -> None:
        """Latecomers without the code take what everybody may still have of the first batch. Who finds nothing joins
        the waiting list, and so do some more; then one who has a place gives it back."""
        options = self.crowd.campaign()["selectable"]
        while self._latecomer(options):
            pass
        ships_at = self.crowd.first_batch()["ships_at"]
        for number in range(1, _WAITERS + 1):
            self._wait_in_line(f"Waiter {number}", options, ships_at)
        unusual = {fan.name for fan in self.crowd.fans if not fan.wallet.is_plain}
        inside = [(name, one) for name, one in self.crowd.placed.values() if one["batch_number"] == 1]
        for name, preorder in inside:
            if name not in unusual and self.crowd.withdrawn(preorder["preorder_id"], tokens.issue(name, "fan")):
                return

    def fill_first_batch(self) -> None:
        """Who waits takes what is offered; readers of the newsletter take the rest, until the first batch is full of
        secured units."""
        options = self.crowd.campaign()["selectable"]
        ends = time.monotonic() + WAIT_SECONDS
        while (batch := self.crowd.first_batch())["state"] in _FILLING:
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
        plan = Fan(name, (), 1, repeats=False, withdraws=False, taste=0.0, has_code=has_code, impatient=True)
        return self.crowd.preorder_as(plan, options)

    def _wait_in_line(self, name: str, options: dict[str, list[str]], ships_at: str) -> None:
        """Joins the waiting list for the first batch. The counters by which it opens may be behind: asks again."""
        variant = {feature: kept[0] for feature, kept in options.items()}
        body = {"lines": [{"variant": variant, "quantity": 1}], "accepts_ships_at": ships_at}
        path, token, key = f"/v1/campaigns/{self.crowd.campaign_id}/waiting", tokens.issue(name, "fan"), f"demo-{name}"

        def joined() -> bool:
            status, answer = self.crowd.api.ask("POST", path, token=token, body=body, key=key.replace(" ", "-"))
            if status >= HTTPStatus.BAD_REQUEST and answer["code"] != "room_left":
                raise Unexpected(f"{name} could not join the waiting list: {answer}")
            return status < HTTPStatus.BAD_REQUEST

        self.crowd.wait_for(f"{name}'s place in the waiting list", joined)
        self.waiting.append(name)

    def _accept_offer(self, name: str) -> None:
        """To pre-order what is offered is to accept it."""
        token = tokens.issue(name, "fan")
        offer = self.crowd.must("GET", f"/v1/campaigns/{self.crowd.campaign_id}/waiting", token=token)["offer"]
        if offer is None:
            return
        lines = [{"variant": line["variant"], "quantity": line["quantity"]} for line in offer["lines"]]
        # On the offer's own terms, or not at all: otherwise it could become a place in a later batch.
        terms = {"accepts_total_minor": offer["total_most_minor"], "accepts_ships_at": offer["ships_at"]}
        path, key = f"/v1/campaigns/{self.crowd.campaign_id}/preorders", f"demo-{name}".replace(" ", "-")
        placed = self.crowd.attempt("POST", path, token=token, body={"lines": lines, **terms}, key=key)
        if placed:
            self.crowd.placed[placed["preorder_id"]] = (name, placed)

    def own_entries(self) -> list[dict[str, Any]]:
        """What those who joined the waiting list are told of their place."""
        path = f"/v1/campaigns/{self.crowd.campaign_id}/waiting"
        return [self.crowd.must("GET", path, token=tokens.issue(name, "fan")) for name in self.waiting]
