"""Addresses of the ledger, for the organiser of the campaign."""

from typing import ClassVar

from chalice.app import Blueprint

from chalicelib.campaigns import rules as campaign_rules
from chalicelib.campaigns import store as campaigns
from chalicelib.campaigns.model import Campaign
from chalicelib.kernel.ids import CursorInvalid
from chalicelib.ledger import rules, sheet, store
from chalicelib.ledger.model import Balances, LedgerPage
from chalicelib.plumbing.door import Call, Door, TextAnswer

blueprint = Blueprint(__name__)
door = Door(blueprint)


class LedgerSheet(TextAnswer):
    """One page of a campaign's ledger, a row for each entry."""

    media_type: ClassVar[str] = "text/csv; charset=utf-8"


@door.route(
    "GET",
    "/v1/campaigns/{campaign_id}/ledger",
    roles=("organiser",),
    answer=LedgerPage,
    paged=True,
    refusals=(campaign_rules.CampaignMissing, CursorInvalid),
)
def list_ledger(call: Call, campaign_id: str) -> LedgerPage:
    """List the movements of a campaign's money, oldest first"""
    own = _own(call, campaign_id)
    items, next_cursor = store.page(
        call.ports.table, own.campaign_id, cursor=call.query.get("cursor"), limit=call.limit
    )
    return LedgerPage(items=items, next_cursor=next_cursor)


@door.route(
    "GET",
    "/v1/campaigns/{campaign_id}/ledger.csv",
    roles=("organiser",),
    answer=LedgerSheet,
    paged=True,
    refusals=(campaign_rules.CampaignMissing, CursorInvalid),
)
def show_sheet(call: Call, campaign_id: str) -> LedgerSheet:
    """List the movements of a campaign's money as CSV, a row for each entry"""
    found = list_ledger(call, campaign_id)
    return LedgerSheet(text=sheet.text(found.items), next_cursor=found.next_cursor)


@door.route(
    "GET",
    "/v1/campaigns/{campaign_id}/ledger/balances",
    roles=("organiser",),
    answer=Balances,
    refusals=(campaign_rules.CampaignMissing,),
)
def show_balances(call: Call, campaign_id: str) -> Balances:
    """Show where a campaign's money stands, account by account"""
    own = _own(call, campaign_id)
    return rules.summary(own.currency, store.every(call.ports.table, campaign_id))


def _own(call: Call, campaign_id: str) -> Campaign:
    return campaign_rules.check_owner(campaigns.find(call.ports.table, campaign_id), call.identity.subject)
