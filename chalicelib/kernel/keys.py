"""The map of the table: here, and for money in `money_keys`, each key is spelt, and nowhere else. `docs/TABLE.md`
explains each access pattern.

Two paths are hot and laid out for it. Ballots spread over buckets by a hash of the fan, with no index. The room of a
batch lies on pages, one item and one partition each, and each fan tries them in an order of the own.
"""

import hashlib
from typing import NamedTuple


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


def room_page(campaign_id: str, number: int, book: int, *, page: int) -> Key:
    """A partition for each page, so that no page is warmed by another's crowd."""
    return Key(f"C#{campaign_id}#N#{number:04d}#K#{book:03d}#P#{page:05d}", "P")


def read_room_page(pk: str) -> tuple[str, int, int, int]:
    """(campaign_id, batch number, book, page) of a page's partition."""
    _, campaign_id, _, number, _, book, _, page = pk.split("#")
    return campaign_id, int(number), int(book), int(page)


def room_groups(campaign_id: str, number: int) -> str:
    return f"C#{campaign_id}#N#{number:04d}#G"


def room_group(campaign_id: str, number: int, book: int, *, group: int) -> Key:
    return Key(room_groups(campaign_id, number), f"K#{book:03d}#G#{group:04d}")


def household(campaign_id: str, name: str) -> Key:
    return Key(f"C#{campaign_id}#H#{name}", "UNITS")


def slips(campaign_id: str, number: int) -> str:
    return f"C#{campaign_id}#N#{number:04d}#S"


def slip(campaign_id: str, number: int, slip: int) -> Key:
    return Key(slips(campaign_id, number), f"S#{slip:02d}")


def settlements(campaign_id: str, number: int) -> str:
    return f"C#{campaign_id}#N#{number:04d}#F"


def settlement_group(book: int, group: int) -> str:
    """What the sort keys of one group's fates begin with."""
    return f"K#{book:03d}#G#{group:04d}#"


def settlement(campaign_id: str, number: int, book: int, *, group: int, page: int) -> Key:
    return Key(settlements(campaign_id, number), f"{settlement_group(book, group)}{page:04d}")


def notice(campaign_id: str, number: int, closes_at: str) -> Key:
    return Key(f"C#{campaign_id}#N#{number:04d}#A", f"A#{closes_at}")


def fan(fan_id: str) -> str:
    return f"F#{fan_id}"


def preorders(campaign_id: str) -> str:
    """What the sort keys of a fan's pre-orders in one campaign begin with."""
    return f"O#{campaign_id}."


def preorder(fan_id: str, preorder_id: str) -> Key:
    """The id begins with its campaign, whose ids sort by time, and ends with its place among the fan's own."""
    return Key(fan(fan_id), f"O#{preorder_id}")


WAITING_LISTS = 16


def waiting_list(campaign_id: str, part: int) -> str:
    """One part of a campaign's waiting list: the order of joining is that of the sort keys over all parts."""
    return f"C#{campaign_id}#W#{part:02d}"


def waiting(campaign_id: str, fan_id: str, entry_id: str) -> Key:
    """An entry while it waits; ids sort by time."""
    return Key(waiting_list(campaign_id, spread(fan_id, WAITING_LISTS)), entry_id)


def waiting_entry(fan_id: str, campaign_id: str) -> Key:
    """A fan's own entry in a campaign's waiting list, whatever has become of it."""
    return Key(fan(fan_id), f"W#{campaign_id}")


def draws(campaign_id: str) -> str:
    return f"C#{campaign_id}#D"


def draw(campaign_id: str, wave: int) -> Key:
    return Key(draws(campaign_id), f"D#{wave:02d}")


def draw_seed(campaign_id: str, wave: int) -> Key:
    """Under a letter of its own, so that a policy can say who reads it: the clock that holds draws, and nobody else."""
    return Key(f"S#{campaign_id}", f"D#{wave:02d}")


DRAW_PARTS = "0123456789abcdef"


def draw_entries(campaign_id: str, wave: int, part: str) -> str:
    """The entries whose ids begin with this digit: the parts in their order are the list in its order."""
    return f"C#{campaign_id}#D#{wave:02d}#{part}"


def draw_entry(campaign_id: str, wave: int, entry_id: str) -> Key:
    return Key(draw_entries(campaign_id, wave, entry_id[0]), entry_id)


def draw_lists(campaign_id: str, wave: int) -> str:
    return f"C#{campaign_id}#D#{wave:02d}#L"


def draw_list(campaign_id: str, wave: int, page: int) -> Key:
    """So many entries as they were when the wave closed."""
    return Key(draw_lists(campaign_id, wave), f"L#{page:05d}")


def draw_ranks(campaign_id: str, wave: int, page: int) -> Key:
    """What became of the entries of the same page of the list."""
    return Key(draw_lists(campaign_id, wave), f"R#{page:05d}")


def payment(preorder_id: str) -> Key:
    return Key(f"Y#{preorder_id}", "META")


def order(order_id: str) -> Key:
    return Key(f"M#{order_id}", "META")


def order_page(order_id: str, page: int) -> Key:
    return Key(f"M#{order_id}", f"L#{page:04d}")


def manufacturer(manufacturer_id: str) -> Key:
    return Key(f"R#{manufacturer_id}", "META")
