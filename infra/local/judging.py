"""Whether all that was told of a run is what is stored of it."""

import time
from collections import defaultdict
from datetime import timedelta
from typing import Any

from infra.local import environment, money, outcomes, outside, recount, sample, tokens
from infra.local.crowd import Crowd
from infra.local.latecomers import Latecomers
from infra.local.payers import Payers
from infra.local.recount import Disagreement, Figures, Item

_AGREE_SECONDS = 30.0
_PAUSE_SECONDS = 0.5
# Of fans whom nothing befell so many are asked for their payments.
_SOME = 10


class Judge:
    """Compares one run, `run` being the note that its server has left."""

    def __init__(self, run: dict[str, Any], crowd: Crowd, latecomers: Latecomers, payers: Payers) -> None:
        self._run, self._crowd, self._latecomers, self._payers = run, crowd, latecomers, payers
        self._organiser = tokens.issue(sample.ORGANISER, "organiser")
        environment.forget_foreign()
        environment.export({**environment.credentials(run["engine_url"]), **run["settings"]})
        import boto3  # noqa: PLC0415 - reads the environment that was just made

        self._client = boto3.client("dynamodb")

    def compare(self) -> tuple[Figures, list[Disagreement]]:
        """Recounts until both sides agree and every refund has arrived, or time is up: what the stream or a mailman
        carries may be seconds behind."""
        ends = time.monotonic() + _AGREE_SECONDS
        while True:
            stored, differing = self._compared()
            is_over = not differing and "refunds_due" not in stored["ledger"]
            if is_over or time.monotonic() > ends:
                return stored, differing
            time.sleep(_PAUSE_SECONDS)

    def _compared(self) -> tuple[Figures, list[Disagreement]]:
        items = recount.stored_items(self._client, self._run["settings"]["TABLE_NAME"])
        campaign_id = self._crowd.campaign_id
        touched = outcomes.touched(items, campaign_id) & self._crowd.placed.keys()
        asked = touched | self._payers.unusual() | set(list(self._crowd.placed)[:_SOME])
        stored = recount.recounted(items, campaign_id) | money.stored(items, campaign_id, asked)
        return stored, recount.disagreements(stored, self._told(touched, asked))

    def _told(self, touched: set[str], asked: set[str]) -> Figures:
        preorders = self._crowd.own_preorders(touched)
        said = recount.told(
            self._crowd.api,
            self._crowd.campaign_id,
            organiser_token=self._organiser,
            received=recount.received_by(self._run["manufacturer_url"]),
            entries=self._latecomers.own_entries(),
            preorders=preorders,
        )
        return said | self._money_told(said, preorders, asked)

    def _money_told(self, said: Figures, preorders: list[Item], asked: set[str]) -> Figures:
        path = f"/v1/campaigns/{self._crowd.campaign_id}/ledger/balances"
        movements, events = self._books()
        return money.told(
            balances=self._crowd.must("GET", path, token=self._organiser),
            payments=self._payers.payments(asked),
            preorders=preorders,
            confirmed=self._payers.confirmed,
            sent_again=self._payers.sent_again,
            movements=movements,
            events=events,
            totals=said,
        )

    def _books(self) -> tuple[dict[str, dict[str, int]], list[str]]:
        """What the provider has charged and given back, by reference, and the kinds of all that has happened there."""
        from chalicelib.plumbing import ports  # noqa: PLC0415 - after the settings have been exported
        from chalicelib.plumbing.gateway.simulated import SimulatedProvider  # noqa: PLC0415

        provider, since = ports.current().gateway, outside.utc() - timedelta(days=1)
        assert isinstance(provider, SimulatedProvider)
        found: defaultdict[str, dict[str, int]] = defaultdict(dict)
        for one in provider.movements(since):
            if one.result == "done" and self._is_mine(one.about):
                found[one.kind][one.reference] = one.minor
        return found, [event.kind for event in provider.events(since) if self._is_mine(event.about)]

    def _is_mine(self, about: str) -> bool:
        return about.partition(".")[0] == self._crowd.campaign_id
