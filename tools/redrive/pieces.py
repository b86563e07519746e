"""Pieces of the table's stream that Lambda has given up: read again while the stream still has them."""

import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from botocore.exceptions import ClientError

from infra.deploy.account import code_of
from infra.deploy.names import Stage
from infra.local.stream_source import to_lambda
from tools.redrive.functions import READERS, FailedAgain, Reader, Record
from tools.redrive.letters import DeadLetters, Message

_GONE = {"TrimmedDataAccessException", "ResourceNotFoundException"}
# A sparse shard answers with empty pages on the way to a record that is there.
_MOST_EMPTY_PAGES = 20
_PAUSE_SECONDS = 0.05


class Gone(Exception):  # noqa: N818 - told in one sentence
    """The stream does not have these records, or not all of them, any more."""


@dataclass(frozen=True)
class Piece:
    """What Lambda tells of a batch that it has given up: where it was, not what was in it."""

    function: str
    stream_arn: str
    shard_id: str
    first: str
    last: str
    reason: str

    def __str__(self) -> str:
        return f"{self.function}: {self.shard_id} from {self.first} to {self.last} ({self.reason})"


def piece(stage: Stage, body: str) -> Piece:
    """Reads Lambda's note. Raises KeyError or ValueError when it is none."""
    note = json.loads(body)
    batch, request = note["DDBStreamBatchInfo"], note["requestContext"]
    # An ARN, perhaps with a version behind: arn:aws:lambda:region:account:function:name:$LATEST
    function = stage.handler(request["functionArn"].split(":")[6])
    if function not in READERS:
        raise ValueError(function)
    place = batch["shardId"], batch["startSequenceNumber"], batch["endSequenceNumber"]
    return Piece(function, batch["streamArn"], *place, reason=request.get("condition", "no reason given"))


def records(streams: Any, wanted: Piece) -> list[Record]:
    """All records of the piece, as Lambda passes them on. Raises Gone."""
    try:
        return _read(streams, wanted)
    except ClientError as problem:
        if code_of(problem) in _GONE:
            raise Gone from None
        raise


def _read(streams: Any, wanted: Piece) -> list[Record]:
    start = {"ShardIteratorType": "AT_SEQUENCE_NUMBER", "SequenceNumber": wanted.first}
    iterator = streams.get_shard_iterator(StreamArn=wanted.stream_arn, ShardId=wanted.shard_id, **start)[
        "ShardIterator"
    ]
    found: list[Record] = []
    empty = 0
    while iterator and empty < _MOST_EMPTY_PAGES:
        page = streams.get_records(ShardIterator=iterator)
        for record in page["Records"]:
            number = int(record["dynamodb"]["SequenceNumber"])
            if number <= int(wanted.last):
                found.append(to_lambda(record, wanted.stream_arn))
            if number >= int(wanted.last):
                return found
        iterator = page.get("NextShardIterator")
        if not page["Records"]:
            empty += 1
            time.sleep(_PAUSE_SECONDS)
    raise Gone


class Fate(Enum):
    """What became of a note."""

    DONE = "done"
    AGAIN = "stays, its function did not take it"
    GONE = "stays, the stream does not have it any more"
    FOREIGN = "stays, it is none of this stage's stream"


@dataclass(frozen=True)
class Redrive:
    """Reads given-up pieces of one stage's stream again."""

    stage: Stage
    letters: DeadLetters
    streams: Any
    functions: Any
    stream_arn: str
    say: Callable[[str], None]

    def run(self) -> Counter[Fate]:
        """Works on every note once. A note goes only when its function took all of its records; the others stay."""
        fates, kept = Counter[Fate](), list[Message]()
        for message in self.letters.taken():
            fate = self._fate(message["Body"])
            fates[fate] += 1
            if fate is Fate.DONE:
                self.letters.delete(message)
            else:
                kept.append(message)
        self.letters.give_back(kept)
        return fates

    def forget(self) -> int:
        """Deletes the notes that nothing can come of any more: of records that are gone, or of a former table."""
        forgotten, kept = 0, list[Message]()
        for message in self.letters.taken():
            if self._is_lost(message["Body"]):
                self.letters.delete(message)
                forgotten += 1
            else:
                kept.append(message)
        self.letters.give_back(kept)
        return forgotten

    def _fate(self, body: str) -> Fate:
        try:
            wanted = piece(self.stage, body)
        except (KeyError, ValueError, IndexError):
            self.say(f"{Fate.FOREIGN.value}: {body[:200]}")
            return Fate.FOREIGN
        fate, more = self._read_again(wanted)
        self.say(f"{fate.value}: {wanted}; {more}")
        return fate

    def _read_again(self, wanted: Piece) -> tuple[Fate, str]:
        if wanted.stream_arn != self.stream_arn:
            return Fate.FOREIGN, f"it belongs to a table that this stage has left: {wanted.stream_arn}"
        reader = Reader(self.functions, self.stage, wanted.function)
        try:
            found = records(self.streams, wanted)
            taken = reader.read(found, shard_id=wanted.shard_id, stream_arn=wanted.stream_arn)
        except Gone:
            return Fate.GONE, "it keeps records for 24 h"
        except FailedAgain as problem:
            return Fate.AGAIN, str(problem)
        passed = "; what it had passed by stays missing in the live tally until the count" if _folds(wanted) else ""
        return Fate.DONE, f"{taken} records{passed}"

    def _is_lost(self, body: str) -> bool:
        try:
            wanted = piece(self.stage, body)
            return wanted.stream_arn != self.stream_arn or not records(self.streams, wanted)
        except (KeyError, ValueError, IndexError):
            return False
        except Gone:
            return True


def _folds(wanted: Piece) -> bool:
    """Whether a watermark may have passed this piece by: the fold then takes it and counts nothing."""
    return wanted.function == "fold"
