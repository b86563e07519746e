"""The map of the table: the only place where a key is spelt. `docs/TABLE.md` explains each access pattern.

Two paths are hot and laid out for it. Ballots spread over buckets by a hash of the fan, with no index. The room of a
batch has pages by a hash of the fan, so that claims can become the commit point without moving a key.
"""

import hashlib
from typing import NamedTuple

CLAIM_PAGES = 16


class Key(NamedTuple):
    """Primary key of one item."""

    pk: str
    sk: str


def spread(text: str, over: int) -> int:
    """A stable number in 0..over-1 from a text: the same in every process and for ever."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4]) % over


def campaign(campaign_id: str) -> Key:
    return Key(f"C#{campaign_id}", "META")


def result(campaign_id: str) -> Key:
    return Key(f"C#{campaign_id}", "RESULT")


def result_feature(campaign_id: str, place: int) -> Key:
    return Key(f"C#{campaign_id}", f"RESULT#{place:02d}")


def ballot_bucket(campaign_id: str, bucket: int) -> str:
    return f"C#{campaign_id}#B#{bucket:04d}"


def ballot(campaign_id: str, voter_id: str, buckets: int) -> Key:
    """The voter id is a hash already: its first digits choose the bucket, as docs/BALLOTS.md tells the public."""
    return Key(ballot_bucket(campaign_id, int(voter_id[:8], 16) % buckets), voter_id)


def campaign_of(pk: str) -> str:
    """The campaign that a partition belongs to."""
    return pk.split("#")[1]


def proof(campaign_id: str) -> Key:
    return Key(f"C#{campaign_id}", "PROOF")


def recounts(campaign_id: str) -> str:
    return f"C#{campaign_id}#R"


def recount(campaign_id: str) -> Key:
    return Key(recounts(campaign_id), "HEAD")


def recount_lanes(number: int) -> str:
    """What the sort keys of one pass's lanes begin with."""
    return f"L#{number:04d}#"


def recount_lane(campaign_id: str, number: int, lane: int) -> Key:
    return Key(recounts(campaign_id), f"{recount_lanes(number)}{lane:04d}")


def tally_shards(campaign_id: str) -> str:
    return f"C#{campaign_id}#T"


def tally_shard(campaign_id: str, shard_id: str) -> Key:
    return Key(tally_shards(campaign_id), f"S#{shard_id}")


def batches(campaign_id: str) -> str:
    return f"C#{campaign_id}#N"


def batch(campaign_id: str, number: int) -> Key:
    return Key(batches(campaign_id), f"N#{number:04d}")


def claim_page(campaign_id: str, number: int, page: int) -> str:
    return f"C#{campaign_id}#N#{number:04d}#P#{page:04d}"


def claim(campaign_id: str, number: int, *, fan_id: str, preorder_id: str) -> Key:
    return Key(claim_page(campaign_id, number, spread(fan_id, CLAIM_PAGES)), preorder_id)


def fan(fan_id: str) -> str:
    return f"F#{fan_id}"


def preorder(fan_id: str, preorder_id: str) -> Key:
    return Key(fan(fan_id), f"O#{preorder_id}")


def attempt(fan_id: str, campaign_id: str, idempotency_key: str) -> Key:
    """Where the first answer to an idempotency key is kept. The key is hashed: it is the client's text."""
    digest = hashlib.sha256(f"{campaign_id}\n{idempotency_key}".encode()).hexdigest()[:32]
    return Key(fan(fan_id), f"K#{digest}")


def fan_limit(fan_id: str, campaign_id: str) -> Key:
    return Key(fan(fan_id), f"L#{campaign_id}")


def payment(preorder_id: str) -> Key:
    return Key(f"Y#{preorder_id}", "META")


def order(order_id: str) -> Key:
    return Key(f"M#{order_id}", "META")


def order_page(order_id: str, page: int) -> Key:
    return Key(f"M#{order_id}", f"L#{page:04d}")


def manufacturer(manufacturer_id: str) -> Key:
    return Key(f"R#{manufacturer_id}", "META")
