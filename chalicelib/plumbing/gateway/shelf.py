"""Where the simulated provider keeps its documents: in memory, or in our table."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any, Protocol

from chalicelib.kernel import instants, money_keys
from chalicelib.kernel.refusals import Busy
from chalicelib.plumbing.expressions import absent, equals
from chalicelib.plumbing.gateway.document import Document, settles_at
from chalicelib.plumbing.table import Table
from chalicelib.plumbing.writes import putting

INDEX, LISTED = "gsi1", "SIMULATED"
PAGE = 100


class Shelf(Protocol):
    """Documents by pre-order, each with a version."""

    def read(self, about: str) -> tuple[Document | None, int]:
        """The document as last written, and its version; None and 0 where there is none."""

    def write(self, about: str, document: Document, version: int) -> bool:
        """Puts it in the place of this version; False, and nothing done, if another one stands there."""

    def changed_since(self, moment: datetime) -> Iterator[Document]:
        """Each document that has changed since then, by an ask or by time alone; once, and maybe some others. May lag
        behind by some seconds."""


@dataclass
class MemoryShelf:
    """Gone with its owner. Keeps text, so that nobody's hands stay on a document."""

    kept: dict[str, tuple[str, int]] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock, repr=False)

    def read(self, about: str) -> tuple[Document | None, int]:
        text, version = self.kept.get(about, ("null", 0))
        return json.loads(text), version

    def write(self, about: str, document: Document, version: int) -> bool:
        with self.lock:
            free = self.kept.get(about, ("", 0))[1] == version
            if free:
                self.kept[about] = json.dumps(document), version + 1
            return free

    def changed_since(self, moment: datetime) -> Iterator[Document]:
        documents: list[Document] = [json.loads(text) for text, _ in list(self.kept.values())]
        return (document for document in documents if settles_at(document) >= moment)


@dataclass(frozen=True)
class TableShelf:
    """One item per pre-order, listed in the index by the moment at which it changes for the last time."""

    table: Table

    def read(self, about: str) -> tuple[Document | None, int]:
        item = self.table.get(money_keys.simulated(about))
        return (json.loads(item["document"]), item["version"]) if item else (None, 0)

    def write(self, about: str, document: Document, version: int) -> bool:
        item = {
            "kind": "simulated",
            "version": version + 1,
            "document": json.dumps(document, separators=(",", ":")),
            "gsi1pk": LISTED,
            "gsi1sk": f"{instants.text(settles_at(document))}#{about}",
        }
        free = (equals("version", version) if version else absent(),)
        try:
            return self.table.attempt(putting(money_keys.simulated(about), item, provided=free, refusal=Busy))[0]
        except Busy:
            return False

    def changed_since(self, moment: datetime) -> Iterator[Document]:
        """Oldest first: what changes meanwhile moves ahead and is met there, so nothing is passed by."""
        start = instants.text(moment)
        after: dict[str, Any] | None = {**money_keys.simulated("")._asdict(), "gsi1pk": LISTED, "gsi1sk": start}
        met: set[str] = set()
        while after:
            page = self.table.query_index(INDEX, LISTED, after=after, limit=PAGE)
            for item in page.items:
                if item["pk"] not in met:
                    met.add(item["pk"])
                    yield json.loads(item["document"])
            after = page.last
