"""Once a day our ledger is compared with the provider's books, both ways: no charge that we do not know, and none that
we have invented. What differs is listed for the organiser and counted; what only the provider knows is looked at at
once, which mends it where an answer was lost."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.campaigns import rules as campaign_rules
from chalicelib.campaigns import store as campaigns
from chalicelib.kernel import instants, money_keys
from chalicelib.kernel.refusals import Missing
from chalicelib.ledger import store as ledger
from chalicelib.ledger.model import LedgerTransaction
from chalicelib.ledger.reconciling import Difference, Movement, differences
from chalicelib.payments import actions
from chalicelib.payments.views import Reconciliation
from chalicelib.plumbing import telemetry
from chalicelib.plumbing.gateway.port import Found
from chalicelib.plumbing.ports import Ports
from chalicelib.plumbing.table import Table
from chalicelib.plumbing.writes import changing

# Each run looks back so far: runs overlap, and what one has missed the next one sees.
LOOKS_BACK = timedelta(days=3)
# What has just happened may not be written down yet.
TOO_FRESH = timedelta(minutes=15)
# A refund or a dispute may be old at the provider when it comes to us.
LATEST = timedelta(days=120)
MOST_SHOWN = 200
NAMES: dict[str, Any] = {"charged": "charge", "refunded": "refund"}
# They last for months, and may end long after they were booked: each is compared as it stands.
DISPUTES = {"disputed": 1, "dispute_won": -1}


class NotReconciled(Missing):
    """Refused: this campaign has not been compared with the provider yet."""

    sentence = "This campaign's ledger has not been compared with the payment provider yet: that is done once a day."


def reconcile(ports: Ports) -> None:
    """Compares every campaign in which money has moved of late. Repeated, it compares again."""
    now = ports.clock.now()
    since, until = now - LOOKS_BACK, now - TOO_FRESH
    theirs: dict[str, list[Found]] = defaultdict(list)
    for found in ports.gateway.movements(now - LATEST):
        theirs[found.about.partition(".")[0]].append(found)
    for campaign_id in {*theirs, *_selling(ports.table)}:
        try:
            _reconcile(ports, campaign_id, theirs[campaign_id], since, until)
        except Exception:  # noqa: BLE001 - each campaign for itself
            telemetry.log.exception("a campaign is not reconciled", extra={"campaign_id": campaign_id})
            telemetry.count("reconciliations_failed")


def _selling(table: Table) -> Iterator[str]:
    """The campaigns in which money may have moved. Not read as campaigns: one that cannot be read keeps no other from
    being compared."""
    last = None
    while True:
        page = table.query_index("gsi1", campaigns.LISTED, after=last, limit=100)
        yield from (one["campaign_id"] for one in page.items if one["state"] in ("preselling", "closed", "cancelled"))
        last = page.last
        if last is None:
            return


def _reconcile(ports: Ports, campaign_id: str, theirs: list[Found], since: datetime, until: datetime) -> None:
    own = [one for one in ledger.every(ports.table, campaign_id, since=since) if one.at <= until]
    known = {one.reference for one in own}
    fresh = [one for one in theirs if is_moved(one) and (one.reference in known or _between(one, since, until))]
    disputes = [one for one in theirs if one.kind == "dispute" and (one.reference in known or _is_old(one, until))]
    is_wanted = fresh or disputes or any(one.kind in DISPUTES for one in own)
    whole = list(ledger.every(ports.table, campaign_id)) if is_wanted else []
    older = {one.reference for one in whole if one.at < since}
    found = list(differences(map(movement, filter(_is_external, own)), (x for x in fresh if x.reference not in older)))
    found += _disputes_differ(whole, disputes)
    for one in found:
        if one.kind == "unknown_to_us" or one.movement == "dispute":
            actions.enqueue(ports, one.preorder_id, look=True)
    if own or fresh or found:
        _write(ports, campaign_id, found, compared=len(fresh), since=since)


def is_moved(found: Found) -> bool:
    """Whether money has moved at the provider."""
    return found.kind in ("charge", "refund") and found.result == "done"


def _between(found: Found, since: datetime, until: datetime) -> bool:
    return found.created_at is not None and since <= found.created_at <= until


def _is_old(found: Found, until: datetime) -> bool:
    return found.created_at is not None and found.created_at <= until


def _disputes_differ(whole: list[LedgerTransaction], theirs: list[Found]) -> Iterator[Difference]:
    """What the banks have taken and not given back. Open or lost is one to a ledger."""
    ours: dict[str, Movement] = {}
    for one in whole:
        if one.kind in DISPUTES:
            told = movement(one)
            before = ours[told.reference].minor if told.reference in ours else 0
            ours[told.reference] = replace(told, minor=before + DISPUTES[one.kind] * told.minor)
    standing = (replace(one, result="done") for one in theirs if one.result not in ("failed", "cancelled"))
    return differences((one for one in ours.values() if one.minor), standing)


def _is_external(one: LedgerTransaction) -> bool:
    return one.kind in NAMES


def movement(one: LedgerTransaction) -> Movement:
    """What of our ledger the provider must know as well."""
    minor = sum(entry.amount_minor for entry in one.entries if entry.amount_minor > 0)
    return Movement(
        kind=NAMES.get(one.kind, "dispute"),
        reference=str(one.reference),
        minor=minor,
        currency=one.currency,
        preorder_id=str(one.preorder_id),
        state="done",
    )


def _write(ports: Ports, campaign_id: str, found: list[Difference], *, compared: int, since: datetime) -> None:
    if found:
        telemetry.log.error("the ledger and the provider differ", extra={"campaign_id": campaign_id, "in": len(found)})
    telemetry.count("ledger_differences", len(found))
    told = {
        "kind": "reconciliation",
        "campaign_id": campaign_id,
        "reconciled_at": instants.text(ports.clock.now()),
        "since": instants.text(since),
        "compared": compared,
        "differences": [one.__dict__ for one in found[:MOST_SHOWN]],
        "differing": len(found),
    }
    ports.table.apply(changing(money_keys.reconciliation(campaign_id), put=told, provided=[]))


def show(ports: Ports, organiser_id: str, campaign_id: str) -> Reconciliation:
    """The last comparison. Refuses with CampaignMissing, NotReconciled."""
    campaign_rules.check_owner(campaigns.find(ports.table, campaign_id), organiser_id)
    found = ports.table.get(money_keys.reconciliation(campaign_id))
    if found is None:
        raise NotReconciled
    return Reconciliation.model_validate(found)
