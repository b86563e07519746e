"""What a crowd does about its money: whoever the bank asks answers it, and who could not be charged sends another card,
or does not."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from infra.local import tokens
from infra.local.api import Unexpected
from infra.local.crowd import WAIT_SECONDS, Crowd
from infra.local.fans import Fan
from infra.local.wallets import PLAIN

_LOOK_SECONDS = 0.3
_COLLECTING = ("locked", "collecting")
Payment = dict[str, Any]


@dataclass
class Payers:
    """The fans of a crowd who hold unusual cards. `grace_seconds`: for so long a declined payment can be mended."""

    crowd: Crowd
    grace_seconds: float
    # Pre-orders whose fans have said yes to their banks, and whose fans have sent another card.
    confirmed: set[str] = field(default_factory=set)
    sent_again: set[str] = field(default_factory=set)

    def answer_banks(self) -> None:
        """Who says yes has us look at once; who says no leaves, and the provider alone tells us."""
        for preorder_id, fan in self._holders():
            if fan.wallet.card == "card_authenticate":
                self._answer_bank(preorder_id, fan)

    def mend(self) -> None:
        """Until every unit of the first batch is paid for or gone: who means to pay sends another card. Raises
        Unexpected."""
        lasts = WAIT_SECONDS + self.grace_seconds
        ends = time.monotonic() + lasts
        while (batch := self.crowd.first_batch())["state"] in _COLLECTING:
            for preorder_id, fan in self._holders():
                if fan.wallet.mends and preorder_id not in self.sent_again:
                    self._send_another(preorder_id)
            if time.monotonic() > ends:
                raise Unexpected(f"the first batch was not collected within {lasts:.0f} s: {batch}")
            time.sleep(_LOOK_SECONDS)

    def payments(self, preorder_ids: set[str]) -> dict[str, Payment]:
        """What the fans of these pre-orders are told of their money."""
        return {one: self._seen(one) or {} for one in preorder_ids}

    def unusual(self) -> set[str]:
        """The pre-orders that are paid for with an unusual card."""
        return {preorder_id for preorder_id, _ in self._holders()}

    def _holders(self) -> Iterator[tuple[str, Fan]]:
        fans = {fan.name: fan for fan in self.crowd.fans if not fan.wallet.is_plain}
        for preorder_id, (name, _) in self.crowd.placed.items():
            if name in fans:
                yield preorder_id, fans[name]

    def _answer_bank(self, preorder_id: str, fan: Fan) -> None:
        self.crowd.wait_for("the bank's question", lambda: self._state(preorder_id) == "action_required")
        action = (self._seen(preorder_id) or {})["action"]
        sent = {"action": action, "approve": fan.wallet.approves}
        self.crowd.must("POST", "/v1/payments/simulated/confirm", body=sent)
        if fan.wallet.approves:
            self.crowd.must("POST", f"{_path(preorder_id)}/look", token=self._token(preorder_id))
            self.confirmed.add(preorder_id)
        end = "secured" if fan.wallet.approves else "declined"
        self.crowd.wait_for(f"what {fan.name} has told the bank", lambda: self._state(preorder_id) == end)

    def _send_another(self, preorder_id: str) -> None:
        """Once it could not be charged. Who is too late for it is refused, and dropped."""
        path, token = _path(preorder_id), self._token(preorder_id)
        if self._state(preorder_id) != "overdue":
            return
        if self.crowd.attempt("PUT", path, token=token, body={"payment_method": PLAIN.card}) is not None:
            self.sent_again.add(preorder_id)

    def _state(self, preorder_id: str) -> str | None:
        return (self._seen(preorder_id) or {}).get("state")

    def _seen(self, preorder_id: str) -> Payment | None:
        """None as long as there is no payment: it is asked for behind the answer to the pre-order."""
        status, answer = self.crowd.api.ask("GET", _path(preorder_id), token=self._token(preorder_id))
        self.crowd.requests += 1
        if status >= HTTPStatus.BAD_REQUEST and answer["code"] != "payment_missing":
            raise Unexpected(f"a payment answered {status}: {answer}")
        return answer if status < HTTPStatus.BAD_REQUEST else None

    def _token(self, preorder_id: str) -> str:
        return tokens.issue(self.crowd.placed[preorder_id][0], "fan")


def _path(preorder_id: str) -> str:
    return f"/v1/preorders/{preorder_id}/payment"
