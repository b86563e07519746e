"""What proves a count to anybody: pseudonyms, receipts, a chain of receipts per bucket and a root over all. Pure.

The forms are public and must not change: docs/BALLOTS.md.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable

from chalicelib.ballots.model import PlainVotes


def voter_id(salt: str, fan_id: str) -> str:
    """A fan's pseudonym in one campaign: without the campaign's salt it tells nothing of the fan."""
    return hmac.digest(salt.encode(), fan_id.encode(), "sha256").hex()[:32]


def receipt(voter_id: str, version: int, votes: PlainVotes) -> str:
    """The hash of a published line."""
    line = {"version": version, "voter_id": voter_id, "votes": votes}
    return _sha256(json.dumps(line, sort_keys=True, separators=(",", ":")))


def chain_start(campaign_id: str, bucket: int) -> str:
    return _sha256(f"groundswell:ballots:1:{campaign_id}:{bucket}")


def chained(chain: str, receipts: Iterable[str]) -> str:
    """The chain after these ballots, in the order of their voter ids."""
    for one in receipts:
        chain = _sha256(chain + one)
    return chain


def root(campaign_id: str, ballots: int, chains: Iterable[str]) -> str:
    """One hash over the ends of all buckets' chains, in order."""
    return _sha256("\n".join([f"groundswell:root:1:{campaign_id}:{ballots}", *chains]))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
