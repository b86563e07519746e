"""Some hours before a batch closes its fans are told, once."""

from chalicelib import news
from chalicelib.kernel import instants, keys
from chalicelib.plumbing.typed_json import pack
from tests.cameras import batch_plan
from tests.hands import START
from tests.races.quick_world import QuickWorld
from tests.world import World


def noticed(world: World, campaign_id: str) -> list[str | None]:
    return [batch["noticed_at"] for batch in world.batches(campaign_id)]


def test_notice_is_given_once_and_in_time(world: World) -> None:
    """The batches close after 30 and 60 days."""
    campaign_id = world.presale(notice_hours=48)
    world.clock.moment = START
    world.clock.forward(days=27, hours=23)
    world.tick()
    assert noticed(world, campaign_id) == [None, None]
    world.clock.forward(hours=2)
    at = instants.text(world.clock.now())
    for _ in range(3):
        world.tick()
        world.clock.forward(minutes=1)
    assert noticed(world, campaign_id) == [at, None]
    assert len(world.items("notice")) == 1


def test_a_batch_that_closes_later_is_told_later(calm_world: QuickWorld) -> None:
    """Its closing time was moved on: what was planned is planned anew, and given once for the new time."""
    world = calm_world
    campaign_id = world.presale(batches=[batch_plan()])
    key = keys.batch(campaign_id, 1)
    item = world.raw(key.pk, key.sk)
    later = instants.text(START.replace(year=2027))
    world.overwrite({**item, "closes_at": {"S": later}, "gsi2sk": {"S": f"{later}#{campaign_id}#0001"}})
    world.clock.forward(days=31)
    world.tick()
    assert noticed(world, campaign_id) == [None]
    world.clock.forward(days=333, hours=23)
    world.tick()
    assert noticed(world, campaign_id) == [instants.text(world.clock.now())]
    world.clock.forward(days=2)
    world.tick()


def test_a_batch_that_has_ended_is_no_news(world: World) -> None:
    campaign_id = world.presale()
    world.organiser().post(f"/v1/campaigns/{campaign_id}/cancel")
    world.settle_down()
    world.clock.forward(days=29, hours=12)
    world.tick()
    assert noticed(world, campaign_id) == [None, None]
    assert not world.items("notice")


def test_a_notice_is_announced_under_an_id_of_its_own(calm_world: QuickWorld) -> None:
    world = calm_world
    campaign_id = world.presale(batches=[batch_plan()])
    world.clock.forward(days=29, hours=12)
    world.tick()
    [(old, new)] = [(old, new) for old, new in world.changes() if new.get("kind") == "notice"]
    told = news.news("dev", {"OldImage": pack(old), "NewImage": pack(new), "ApproximateCreationDateTime": 0})
    assert told is not None
    assert told.type == "groundswell.notice.closes_soon"
    assert told.id == f"{campaign_id}/1/notice/{new['closes_at']}/closes_soon"
    assert told.data == {"campaign_id": campaign_id, "batch_number": 1, "closes_at": new["closes_at"]}
