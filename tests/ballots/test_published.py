"""The published list: every acknowledged ballot under its last receipt, none of another campaign, and nothing before
the count (V3)."""

import hashlib
import json
from functools import partial
from random import Random
from typing import Any

import pytest

from chalicelib.ballots import store
from tests import examples
from tests.ballots import electorate
from tests.races.quick_world import QuickWorld

FEATURES = [feature.model_dump(mode="json") for feature in examples.one_of_each()]
Line = dict[str, Any]


def pages(world: QuickWorld, campaign_id: str, bucket: int) -> list[Line]:
    path, found, cursor = f"/v1/campaigns/{campaign_id}/ballots/{bucket}", [], ""
    while True:
        page = world.anybody.get(path + cursor).json
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        cursor = f"?cursor={page['next_cursor']}"


def listed(world: QuickWorld, campaign_id: str) -> list[Line]:
    head = world.anybody.get(f"/v1/campaigns/{campaign_id}/ballots").json
    return [line for bucket in range(head["buckets"]) for line in pages(world, campaign_id, bucket)]


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def elections(quick: QuickWorld) -> dict[str, dict[str, str]]:
    """Two campaigns with the same fans; of each, the last receipt that each fan was given. Some change their minds, as
    a whole or on one feature."""
    chance, receipts = Random(7), {}
    for _ in range(2):
        campaign_id = quick.voting(features=FEATURES)
        given: dict[str, str] = {}
        for name in [f"fan-{chance.randrange(12)}" for _ in range(30)]:
            person, path = quick.fan(name), f"/v1/campaigns/{campaign_id}/ballot"
            if name in given and chance.random() < 0.5:
                reply = person.put(f"{path}/features/approval", {"vote": chance.sample("xyz", 2)})
            else:
                voter = voter_of(quick, campaign_id, name)
                votes = electorate.ballot(chance, examples.one_of_each(), voter)
                reply = person.put(path, {"votes": votes})
            assert reply.status == 200, reply.text
            given[name] = reply.json["receipt"]
            quick.clock.forward(milliseconds=1)
        receipts[campaign_id] = given
    quick.settle_down()
    quick.clock.forward(seconds=1)
    for campaign_id in receipts:
        quick.settle(campaign_id)
    return receipts


def voter_of(world: QuickWorld, campaign_id: str, name: str) -> str:
    """As the fan learns it: from a first ballot of theirs."""
    path = f"/v1/campaigns/{campaign_id}/ballot"
    return str(world.fan(name).put(path, {"votes": {"plurality": ["a"]}}).json["voter_id"])


def test_every_acknowledged_ballot_is_listed_under_its_last_receipt_and_no_other_is(
    quick: QuickWorld, elections: dict[str, dict[str, str]]
):
    for campaign_id, given in elections.items():
        lines = listed(quick, campaign_id)
        assert sorted(line["receipt"] for line in lines) == sorted(given.values())
        assert len({line["voter_id"] for line in lines}) == len(lines) == len(given)


def test_each_receipt_is_the_hash_of_its_line_as_it_is_published(
    quick: QuickWorld, elections: dict[str, dict[str, str]]
):
    """To the letter that JSON lets through: an array that came back as another would break it."""
    for campaign_id in elections:
        for line in listed(quick, campaign_id):
            said = {name: line[name] for name in ("version", "voter_id", "votes")}
            assert sha256(json.dumps(said, sort_keys=True, separators=(",", ":"))) == line["receipt"]


def test_the_lines_in_their_order_make_the_chains_and_the_root(quick: QuickWorld, elections: dict[str, dict[str, str]]):
    for campaign_id, given in elections.items():
        head = quick.anybody.get(f"/v1/campaigns/{campaign_id}/ballots").json
        for bucket, end in enumerate(head["chains"]):
            chain = sha256(f"groundswell:ballots:1:{campaign_id}:{bucket}")
            for line in pages(quick, campaign_id, bucket):
                assert int(line["voter_id"][:8], 16) % head["buckets"] == bucket
                chain = sha256(chain + line["receipt"])
            assert chain == end
        root = sha256("\n".join([f"groundswell:root:1:{campaign_id}:{len(given)}", *head["chains"]]))
        result = quick.anybody.get(f"/v1/campaigns/{campaign_id}/result").json
        assert root == head["root"] == result["root"]
        assert result["ballots"] == head["ballots"] == len(given)


def test_a_fan_finds_their_own_receipt_again_after_the_count(quick: QuickWorld, elections: dict[str, dict[str, str]]):
    for campaign_id, given in elections.items():
        for name, receipt in given.items():
            assert quick.fan(name).get(f"/v1/campaigns/{campaign_id}/ballot").json["receipt"] == receipt


def test_the_same_fans_have_other_names_in_another_campaign(quick: QuickWorld, elections: dict[str, dict[str, str]]):
    one, other = ({line["voter_id"] for line in listed(quick, campaign_id)} for campaign_id in elections)
    assert one.isdisjoint(other)


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_of_a_bucket_put_together_are_the_bucket(
    quick: QuickWorld, elections: dict[str, dict[str, str]], monkeypatch: pytest.MonkeyPatch, limit: int
):
    whole = {campaign_id: listed(quick, campaign_id) for campaign_id in elections}
    monkeypatch.setattr(store, "bucket_page", partial(store.bucket_page, limit=limit))
    assert {campaign_id: listed(quick, campaign_id) for campaign_id in elections} == whole


def test_a_cursor_of_another_bucket_or_campaign_shows_nothing_that_is_not_of_this_one(
    quick: QuickWorld, elections: dict[str, dict[str, str]]
):
    one, other = elections
    cursors = [line["voter_id"] for line in listed(quick, other)]
    own = {line["voter_id"] for line in listed(quick, one)}
    for cursor in cursors:
        page = quick.anybody.get(f"/v1/campaigns/{one}/ballots/0?cursor={cursor}")
        assert page.status == 200
        assert {line["voter_id"] for line in page.json["items"]} <= own


@pytest.mark.parametrize("cursor", ["", "x", "0" * 31, "0" * 33, "G" * 32, "0" * 32 + "%0A", "A" * 32])
def test_a_cursor_that_is_no_voter_id_is_refused(quick: QuickWorld, elections: dict[str, dict[str, str]], cursor: str):
    [campaign_id, _] = elections
    assert quick.anybody.get(f"/v1/campaigns/{campaign_id}/ballots/0?cursor={cursor}").code == "cursor_invalid"


@pytest.mark.parametrize("bucket", ["64", "-1", "x", "1.0", "0x1", "%D9%A3", "99999", "1" * 400])
def test_a_bucket_that_there_is_not_is_missing(quick: QuickWorld, elections: dict[str, dict[str, str]], bucket: str):
    [campaign_id, _] = elections
    assert quick.anybody.get(f"/v1/campaigns/{campaign_id}/ballots/{bucket}").code == "bucket_missing"


def test_while_voting_is_open_nobody_sees_a_ballot_but_their_own(quick: QuickWorld):
    """The organiser neither."""
    campaign_id = quick.voting()
    assert quick.vote("ada", campaign_id, colour=["red"]).status == 200
    for person in (quick.anybody, quick.fan("bob"), quick.organiser()):
        for path in ("ballots", "ballots/0", "result"):
            assert person.get(f"/v1/campaigns/{campaign_id}/{path}").code == "result_missing"
    assert quick.fan("bob").get(f"/v1/campaigns/{campaign_id}/ballot").code == "ballot_missing"
