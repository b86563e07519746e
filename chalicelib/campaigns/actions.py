"""What organisers do with campaigns: read, decide, commit. All that follows from it is carried by the stream."""

from chalicelib.campaigns import rules, store
from chalicelib.campaigns.model import Campaign, NewCampaign
from chalicelib.kernel import instants, keys
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
            "ballot_buckets": keys.BALLOT_BUCKETS,
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
    if campaign.voting_closes_at is not None and campaign.voting_closes_at <= ports.clock.now():
        raise rules.CampaignInvalid("The announced end of voting has passed: create the campaign anew.")
    return _move(ports, campaign, store.opening_voting(campaign, refusal=rules.CampaignNotDraft))


def settle(ports: Ports, organiser_id: str, campaign_id: str) -> Campaign:
    """Ends voting at this moment. The recount follows when every ballot under way has landed or failed, and settles
    the campaign.

    Refuses with VotingClosed when voting is not open.
    """
    campaign = owned(ports, organiser_id, campaign_id)
    return _move(ports, campaign, store.closing_voting(campaign.campaign_id, instants.text(ports.clock.now())))


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
    return Campaign.model_validate(ports.table.apply(write))
