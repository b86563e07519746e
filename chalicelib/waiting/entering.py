"""Entering a draw, and giving up what came of it. An entry holds nothing, and it does not matter when it is made: it
counts if it was judged before the wave closed, by the server's clock (docs/DRAWS.md)."""

from chalicelib.batches import drawn as room
from chalicelib.batches.store import Sale
from chalicelib.campaigns import admission, waves
from chalicelib.campaigns.model import Campaign
from chalicelib.campaigns.waves import AnnouncedWave
from chalicelib.plumbing import telemetry
from chalicelib.plumbing.ports import Ports
from chalicelib.preorders import quoting, routing
from chalicelib.preorders import rules as preorder_rules
from chalicelib.preorders import store as preorders
from chalicelib.waiting import actions, draw_rules, draw_store, rules
from chalicelib.waiting.draw_rules import EntriesClosed
from chalicelib.waiting.model import Entry, NewEntry
from chalicelib.waiting.rules import EntryMissing


def enter(ports: Ports, fan_id: str, campaign_id: str, number: str, new: NewEntry) -> Entry:
    """The fan's one entry in the draw of this wave, in the place of an earlier one: twice is once. 1 write unit.

    Refuses with CampaignMissing, WaveMissing, CampaignNotPreselling, VariantUnavailable, LimitReached, WaveNotOpen,
    RegionNotServed, AccessCodeWrong, TotalAboveAccepted, ShipsLater, EntriesClosed.
    """
    sale = routing.sale_of(ports, campaign_id, seconds=ports.settings.campaign_fresh_seconds)
    wave = draw_rules.drawn_wave(sale.campaign, number)
    entry = _judged(ports, sale, wave, fan_id, new)
    ports.table.commit(draw_store.entering(entry, wave.number))
    telemetry.count("draws_entered")
    return entry


def _judged(ports: Ports, sale: Sale, wave: AnnouncedWave, fan_id: str, new: NewEntry) -> Entry:
    campaign, now = sale.campaign, ports.clock.now()
    lines = preorder_rules.accept(campaign, rules.wanted(new))
    units = preorder_rules.units_of(lines)
    admission.check_entry(wave, now, country=new.country, code=new.access_code)
    others = preorders.list_in_campaign(ports.table, fan_id, campaign.campaign_id)
    preorder_rules.check_limit(campaign, others, units, narrowed=wave.limit_per_fan)
    batch = next((one for one in sale.batches if room.kept_for(one, wave.number) is not None), None)
    if batch is None:
        raise EntriesClosed
    quoted = quoting.quote(campaign, batch, lines)
    quoting.check_accepted(quoted, total_minor=new.accepts_total_minor, ships_at=new.accepts_ships_at)
    return Entry(
        entry_id=_own_id(campaign, wave, fan_id),
        campaign_id=campaign.campaign_id,
        fan_id=fan_id,
        wave=wave.number,
        state="entered",
        lines=lines,
        units=units,
        all_or_none=new.all_or_none,
        accepts_total_minor=new.accepts_total_minor,
        accepts_ships_at=new.accepts_ships_at,
        joined_at=now,
    )


def _own_id(campaign: Campaign, wave: AnnouncedWave, fan_id: str) -> str:
    return waves.pseudonym(campaign.ballot_salt, wave.number, fan_id)


def own(ports: Ports, fan_id: str, campaign_id: str, number: str) -> Entry:
    """Refuses with CampaignMissing, WaveMissing, EntryMissing."""
    return _own(ports, fan_id, campaign_id, number)[1]


def _own(ports: Ports, fan_id: str, campaign_id: str, number: str) -> tuple[AnnouncedWave, Entry]:
    sale = routing.sale_of(ports, campaign_id, seconds=ports.settings.campaign_fresh_seconds)
    wave = draw_rules.drawn_wave(sale.campaign, number)
    entry = draw_store.find_entry(ports.table, campaign_id, wave.number, _own_id(sale.campaign, wave, fan_id))
    if entry is None:
        raise EntryMissing("You have not entered the draw of this wave.")
    return wave, entry


def give_up(ports: Ports, fan_id: str, campaign_id: str, number: str) -> Entry:
    """Withdraws the entry while the wave is open; once it is drawn, declines the offer or leaves the waiting list.
    Twice is once. Refuses with CampaignMissing, WaveMissing, EntryMissing, EntriesClosed."""
    wave, entry = _own(ports, fan_id, campaign_id, number)
    if entry.state == "withdrawn":
        return entry
    if entry.state != "entered":
        return actions.give_up(ports, lambda: own(ports, fan_id, campaign_id, number))
    if ports.clock.now() >= wave.closes_at:
        raise EntriesClosed
    withdrawn = entry.model_copy(update={"state": "withdrawn"})
    ports.table.commit(draw_store.entering(withdrawn, wave.number))
    return withdrawn
