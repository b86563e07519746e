"""What organisers do with campaigns: read, decide, commit. All that follows from it is carried by the stream."""

from datetime import timedelta

from chalicelib.campaigns import rules, store, waves
from chalicelib.campaigns.model import Campaign, NewCampaign, NewOverruling
from chalicelib.kernel import instants
from chalicelib.plumbing.ports import Ports
from chalicelib.plumbing.writes import Write


def create(ports: Ports, organiser_id: str, new: NewCampaign) -> Campaign:
    """A draft, unlisted until voting opens. Refuses with CampaignInvalid."""
    now = ports.clock.now()
    rules.check(new, now)
    campaign = Campaign.model_validate(
        {
            **new.model_dump(),
            "campaign_id": ports.ids.new(),
            "organiser_id": organiser_id,
            "state": "draft",
            "ballot_buckets": rules.ballot_buckets(new.expected_voters),
            "ballot_salt": ports.ids.secret(),
            "waves": waves.announced(new.waves, new.batches, salt=ports.ids.secret()),
            "wave_rule": waves.rule(new.waves),
            "created_at": now,
        }
    )
    ports.table.commit(store.creating(campaign))
    return campaign


def owned(ports: Ports, organiser_id: str, campaign_id: str) -> Campaign:
    """The organiser's own campaign. Refuses with CampaignMissing."""
    return rules.check_owner(store.find(ports.table, campaign_id), organiser_id)


def open_voting(ports: Ports, organiser_id: str, campaign_id: str) -> Campaign:
    """draft -> voting. Refuses with CampaignNotDraft, also when asked twice; CampaignInvalid when the announced end
    has passed."""
    campaign = owned(ports, organiser_id, campaign_id)
    now = ports.clock.now()
    if campaign.voting_closes_at is not None and campaign.voting_closes_at <= now:
        raise rules.CampaignInvalid("The announced end of voting has passed: create the campaign anew.")
    opening = store.opening_voting(campaign, instants.text(now), refusal=rules.CampaignNotDraft)
    return _move(ports, campaign, opening)


def settle(ports: Ports, organiser_id: str, campaign_id: str) -> Campaign:
    """Ends voting in twice `campaign_fresh_seconds`: by then every container has learned of it, though this write may
    take as long as that to land, so that none takes a ballot after the end. The recount follows when every ballot under
    way has landed or failed, and settles the campaign.

    Refuses with VotingClosed when voting is not open.
    """
    campaign = owned(ports, organiser_id, campaign_id)
    closed_at = ports.clock.now() + timedelta(seconds=2 * ports.settings.campaign_fresh_seconds)
    return _move(ports, campaign, store.closing_voting(campaign.campaign_id, instants.text(closed_at)))


def overrule(ports: Ports, organiser_id: str, campaign_id: str, feature_id: str, new: NewOverruling) -> Campaign:
    """Lets other options stay selectable than those that the vote has kept; published with its reason, for good.

    Refuses with CampaignMissing, CampaignNotSettled (also when somebody else overruled meanwhile), OverrulingInvalid.
    """
    campaign = owned(ports, organiser_id, campaign_id)
    ruling = rules.overruled(campaign, feature_id, new, ports.clock.now())
    return _move(ports, campaign, store.overruling(campaign, ruling))


def close(ports: Ports, organiser_id: str, campaign_id: str) -> Campaign:
    """preselling -> closed: every batch locks or falls short now. Refuses with CampaignNotPreselling."""
    campaign = owned(ports, organiser_id, campaign_id)
    return _move(ports, campaign, store.closing(campaign.campaign_id, instants.text(ports.clock.now())))


def cancel(ports: Ports, organiser_id: str, campaign_id: str) -> Campaign:
    """Ends the campaign for good; every batch that is not locked is cancelled and its pre-orders released. Refuses
    with CampaignEnded."""
    campaign = owned(ports, organiser_id, campaign_id)
    return _move(ports, campaign, store.cancelling(campaign.campaign_id))


def _move(ports: Ports, campaign: Campaign, write: Write) -> Campaign:
    moved = Campaign.model_validate(ports.table.apply(write))
    ports.memory.forget(("campaign", campaign.campaign_id))
    return moved
