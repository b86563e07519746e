"""Recounts a vote from its published ballots, and says whether the certified result is the same. Repeats a draw too.

    python verify.py https://host/api/v1/campaigns/ID [--save FOLDER] [--receipt R] [--voter V]
    python verify.py FOLDER                              what --save has written
    python verify.py draw https://host/api/v1/campaigns/ID WAVE [--save FILE] [--before FILE] [--entry E]
    python verify.py draw FILE                           what --save has written

One file for Python 3.9 or newer, with nothing to install. The rules are those of docs/BALLOTS.md and docs/DRAWS.md; it
shares no code with the counting or the drawing. It ends with 0 for the same result, 1 for differences, 2 for what
cannot be read.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
import time
from collections import Counter, deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Future

MOST_BYTES, MOST_DIGITS = 64 * 2**20, 18  # of one answer, of one number
MOST_SENTENCES, MOST_LETTERS = 500, 200  # printed in all, of one published value
MOST_SCREENS, MOST_SHOWN, MOST_POINTS = 15, 4, 5  # of one vote
THREADS = 4
AHEAD = 2 * THREADS  # buckets fetched before their turn
WAITS = (0.5, 1, 2)  # seconds between tries
PASSING = {429, 500, 502, 503, 504}
SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
VOTER, RECEIPT = re.compile(r"[0-9a-f]{32}"), re.compile(r"[0-9a-f]{64}")
BITS = 64  # of one count, where counts are packed into one integer
ENTRY, NUMBER = re.compile(r"[0-9a-f]{32,64}"), re.compile(r"[0-9]{1,9}")
NAMED = 5  # places told one by one, of those that differ in the same way
KINDS = {dict: "an object", list: "a list", str: "text", int: "a whole number", bool: "true or false"}
encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode


class Unreadable(Exception):  # noqa: N818 - as people say it
    """There is nothing to recount: no such address, no result yet, no JSON."""


class Odd(Exception):  # noqa: N818 - as people say it
    """Published, but not in the form that docs/BALLOTS.md or docs/DRAWS.md describes."""


def need(holds: bool, otherwise: str) -> None:  # noqa: FBT001 - reads as a sentence
    if not holds:
        raise Odd(otherwise)


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def is_slug(value: Any) -> bool:
    return isinstance(value, str) and SLUG.fullmatch(value) is not None


def say(value: Any) -> str:
    """A published value for people. Whatever it holds, it comes out as one short line of ASCII."""
    if value is None:
        return "nothing"
    if is_slug(value) and not value.isdigit() and value not in {"true", "false"}:
        return str(value)
    slugs = isinstance(value, list) and all(is_slug(one) for one in value)
    text = (", ".join(value) or "none") if slugs else encode(value)
    return text if len(text) <= MOST_LETTERS else f"{text[:MOST_LETTERS]}..."


def take(where: str, holder: Any, name: str, kind: type) -> Any:
    need(isinstance(holder, dict), f"{where}: it is no object")
    value = holder.get(name)
    if type(value) is not kind:  # to isinstance, true is an int
        raise Odd(f"{where}: {name} is {say(value)}, not {KINDS[kind]}")
    return value


def slug(where: str, holder: Any, name: str) -> str:
    value: str = take(where, holder, name, str)
    need(is_slug(value), f"{where}: {name} is {say(value)}, which is no id")
    return value


def slugs(where: str, holder: Any, name: str) -> list[str]:
    values: list[str] = take(where, holder, name, list)
    need(all(is_slug(value) for value in values), f"{where}: {name} is {say(values)}, which is no list of ids")
    return values


def parse(where: str, text: bytes) -> Any:
    """JSON that every program reads alike. Raises Unreadable for anything else, Odd for a name that stands twice."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        need(len(found) == len(pairs), f"{where}: an object has the same name twice")
        return found

    def whole(digits: str) -> int:
        need(len(digits) <= MOST_DIGITS, f"{where}: a number has {len(digits)} digits")
        return int(digits)

    def refuse(word: str) -> None:
        raise ValueError(word)

    try:
        return json.loads(text.decode(), object_pairs_hook=once, parse_int=whole, parse_constant=refuse)
    except ValueError:
        raise Unreadable(f"{where} is no JSON. Is it the address of a campaign in the API?") from None


# ---- where the documents come from


def read(path: Path) -> Any:
    try:
        return parse(str(path), path.read_bytes())
    except OSError as problem:
        raise Unreadable(f"{path} cannot be read: {problem.strerror}.") from None


def write(path: Path, document: Any) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(encode(document) + "\n", encoding="ascii")
    except OSError as problem:
        raise Unreadable(f"{path.parent} cannot be written: {problem.strerror}.") from None


@dataclass(frozen=True)
class Folder:
    """What `--save` has written."""

    path: Path

    def document(self, name: str) -> Any:
        return read(self.path / f"{name}.json")

    def lines(self, bucket: int, _most: int) -> list[Any]:
        found: list[Any] = take(f"bucket {bucket}", self.document(f"bucket-{bucket:04d}"), "items", list)
        return found

    def keep(self, name: str, document: Any) -> None:
        write(self.path / f"{name}.json", document)


@dataclass(frozen=True)
class Address:
    """A campaign in the API. `save` keeps a copy of what is read."""

    url: str
    save: Folder | None = None
    waits: tuple[float, ...] = WAITS

    def document(self, name: str) -> Any:
        found = self._get("" if name == "campaign" else f"/{name}")
        self._keep(name, found)
        return found

    def lines(self, bucket: int, most: int) -> list[Any]:
        """All lines of a bucket. Raises Odd where its pages do not end: there are only `most` ballots in all."""
        found: list[Any] = []
        where, query = f"bucket {bucket}", ""
        while True:
            page = self._get(f"/ballots/{bucket}{query}")
            items = take(where, page, "items", list)
            found += items
            if page.get("next_cursor") is None:
                break
            query = "?" + urlencode({"cursor": take(where, page, "next_cursor", str).encode("utf-8", "replace")})
            need(bool(items) and len(found) <= most, f"{where}: its pages do not end, after {len(found)} lines")
        self._keep(f"bucket-{bucket:04d}", {"items": found, "next_cursor": None})
        return found

    def draw(self, wave: int) -> dict[str, Any]:
        """A draw with all its entries. Raises Odd where its pages do not end, or do not agree on what else they say."""
        entries: list[Any] = []
        where, cursors, whole = f"draw of wave {wave}", {""}, None
        cursor = ""
        while whole is None or cursor:
            page = self._get(f"/waves/{wave}/draw" + (cursor and "?" + urlencode({"cursor": cursor})))
            found = take(where, page, "entries", list)
            entries += found
            told = page.pop("entries_next_cursor", None)
            cursor = "" if told is None else take(where, {"cursor": told}, "cursor", str)
            need(not cursor or (bool(found) and cursor not in cursors), f"{where}: its pages do not end")
            cursors.add(cursor)
            head = {**page, "entries": entries}
            need(whole in (None, head), f"{where}: its pages say different things beside their entries")
            whole = head
        return whole

    def _keep(self, name: str, document: Any) -> None:
        if self.save:
            self.save.keep(name, document)

    def _get(self, path: str) -> Any:
        url = self.url + path
        for wait in (*self.waits, None):
            try:
                text = self._read(url)
            except HTTPError as problem:
                problem.close()
                failed = f"{url} answers {problem.code}."
                if problem.code not in PASSING:
                    break
            except (OSError, HTTPException, ValueError) as problem:
                failed = f"{url} cannot be reached: {getattr(problem, 'reason', type(problem).__name__)}."
            else:
                need(len(text) <= MOST_BYTES, f"{url} answers more than {MOST_BYTES} bytes")
                return parse(url, text)
            time.sleep(wait or 0)
        raise Unreadable(failed)

    @staticmethod
    def _read(url: str) -> bytes:
        headers = {"Accept": "application/json", "User-Agent": "groundswell-verify"}
        asked = Request(url, headers=headers)  # noqa: S310 - source_of lets only http and https in
        with urlopen(asked, timeout=60) as answer:  # noqa: S310 - as above
            text: bytes = answer.read(MOST_BYTES + 1)
        return text


# ---- the rules of each feature, and what a sound vote is


@dataclass(frozen=True)
class Feature:
    feature_id: str
    method: str
    keep: int
    over: int | None
    quorum: int | None
    budget: int | None
    options: frozenset[str]

    @classmethod
    def of(cls, told: Any) -> Feature:
        feature_id = slug("campaign, a feature", told, "feature_id")
        where = f"campaign, feature {feature_id}"
        options = [slug(where, option, "option_id") for option in take(where, told, "options", list)]
        need(0 < len(options) == len(set(options)), f"{where}: its options are {say(options)}")
        method, keep = take(where, told, "method", str), take(where, told, "keep", int)
        need(method in METHODS, f"{where}: this program does not know the method {say(method)}")
        names = ("keep_over_percent", "quorum", "budget")
        over, quorum, budget = (None if told.get(name) is None else take(where, told, name, int) for name in names)
        return cls(feature_id, method, keep, over, quorum, budget, frozenset(options))


def need_options(feature: Feature, names: Any) -> None:
    """Any number of the feature's options, each once."""
    need(isinstance(names, list), "is no list of options")
    for name in names:
        need(isinstance(name, str) and name in feature.options, f"names {say(name)}, which is no option")
    need(len(set(names)) == len(names), "names an option twice")


def need_choice(feature: Feature, vote: Any) -> None:
    need_options(feature, vote)
    most = feature.budget if feature.method == "approval" else None
    need(feature.method != "plurality" or len(vote) == 1, f"names {len(vote)} options, not one")
    need(most is None or len(vote) <= most, f"names {len(vote)} options, over its budget of {most}")


def need_points(feature: Feature, vote: Any) -> None:
    need(isinstance(vote, dict) and bool(vote), "gives no points")
    need_options(feature, list(vote))
    for points in vote.values():
        need(type(points) is int and 0 <= points <= MOST_POINTS, f"gives {say(points)} points, not 0 to {MOST_POINTS}")


def need_ranking(feature: Feature, vote: Any) -> None:
    need(isinstance(vote, list) and bool(vote), "ranks nothing")
    need(all(isinstance(group, list) and group for group in vote), "is no list of groups of options")
    need_options(feature, [name for group in vote for name in group])


def need_screens(feature: Feature, vote: Any) -> None:
    need(isinstance(vote, list) and 1 <= len(vote) <= MOST_SCREENS, f"is no list of 1 to {MOST_SCREENS} screens")
    for number, screen in enumerate(vote, 1):
        where = f"on screen {number}"
        need(isinstance(screen, dict) and set(screen) == {"shown", "best", "worst"}, f"is incomplete {where}")
        need_options(feature, screen["shown"])
        need(1 < len(screen["shown"]) <= MOST_SHOWN, f"shows {len(screen['shown'])} options {where}")
        for which in ("best", "worst"):
            need(screen[which] in screen["shown"], f"names {say(screen[which])} as {which}, which was not {where}")
        need(screen["best"] != screen["worst"], f"names {say(screen['best'])} as best and as worst {where}")


# ---- the published list


class Ballots:
    """The lines of the list, folded into one counter of equal votes for each feature."""

    def __init__(self, campaign_id: str, buckets: int, features: dict[str, Feature], findings: list[str]) -> None:
        self.campaign_id, self.buckets, self.features, self.findings = campaign_id, buckets, features, findings
        self.count = 0
        self.votes: dict[str, Counter[str]] = {feature_id: Counter() for feature_id in features}
        # Receipts and voter ids to look for; where the line is, and its receipt.
        self.wanted: set[str] = set()
        self.seen: dict[str, tuple[str, str]] = {}

    def fold(self, bucket: int, lines: list[Any]) -> str:
        """Answers the end of the bucket's chain, made from the lines themselves, not from the receipts beside them."""
        chain = sha256(f"groundswell:ballots:1:{self.campaign_id}:{bucket}")
        self.count += len(lines)
        voters: dict[str, None] = {}
        for number, line in enumerate(lines, 1):
            where = f"bucket {bucket}, line {number}"
            try:
                voter_id: str = take(where, line, "voter_id", str)
                receipt = self._add(where, voter_id, line)
            except Odd as problem:
                self.findings.append(str(problem))
                continue
            self._place(f"{where}: voter {say(voter_id)}", voter_id, bucket, voters)
            chain = sha256(chain + receipt)
            for key in self.wanted.intersection((receipt, voter_id)):
                self.seen[key] = (where, receipt)
        return chain

    def _add(self, where: str, voter_id: str, line: Any) -> str:
        """Counts the line's votes, and answers its true receipt."""
        version, votes = take(where, line, "version", int), take(where, line, "votes", dict)
        texts = {feature_id: encode(vote) for feature_id, vote in sorted(votes.items())}
        inner = ",".join(f"{encode(feature_id)}:{text}" for feature_id, text in texts.items())
        receipt = sha256(f'{{"version":{version},"voter_id":{encode(voter_id)},"votes":{{{inner}}}}}')
        if line.get("receipt") != receipt:
            self.findings.append(f"{where}: the receipt does not belong to the line of voter {say(voter_id)}")
        for feature_id, text in texts.items():
            feature = self.features.get(feature_id)
            try:
                if feature is None:
                    raise Odd("is on no feature of the campaign")  # noqa: TRY301 - told like the others
                if text not in self.votes[feature_id]:
                    METHODS[feature.method][0](feature, votes[feature_id])
                self.votes[feature_id][text] += 1
            except Odd as problem:
                self.findings.append(f"{where}, voter {say(voter_id)}: the vote on {say(feature_id)} {problem}")
        return receipt

    def _place(self, name: str, voter_id: str, bucket: int, voters: dict[str, None]) -> None:
        """`voters`: those of the bucket until here, the last one last."""
        if not VOTER.fullmatch(voter_id):
            self.findings.append(f"{name} is not 32 hexadecimal digits")
        elif int(voter_id[:8], 16) % self.buckets != bucket:
            self.findings.append(f"{name} belongs into bucket {int(voter_id[:8], 16) % self.buckets}")
        if voter_id in voters:
            self.findings.append(f"{name} is in the list twice")
        elif voters and voter_id < next(reversed(voters)):
            self.findings.append(f"{name} is out of order")
        voters[voter_id] = None


def buckets_of(source: Folder | Address, buckets: int, most: int) -> Iterator[tuple[int, Future[list[Any]]]]:
    """Every bucket in order; a few are fetched ahead."""
    pool = ThreadPoolExecutor(THREADS)
    waiting: deque[Future[list[Any]]] = deque()
    try:
        for bucket in range(buckets + AHEAD):
            if bucket < buckets:
                waiting.append(pool.submit(source.lines, bucket, most))
            if bucket >= AHEAD:
                yield bucket - AHEAD, waiting.popleft()
    finally:
        pool.shutdown(cancel_futures=True)


def check_list(source: Folder | Address, head: Any, result: Any, ballots: Ballots) -> None:
    """Folds all buckets, and compares number, chains and root. `head`: the list's first page."""
    findings, chains = ballots.findings, []
    most = take("list", head, "ballots", int)
    for bucket, coming in buckets_of(source, ballots.buckets, most):
        lines = []
        try:
            lines = coming.result()
        except (Odd, RecursionError) as problem:
            findings.append(f"bucket {bucket} cannot be counted: {problem}")
        chains.append(ballots.fold(bucket, lines))
        if chains[-1] != (told := head["chains"][bucket]):
            findings.append(
                f"bucket {bucket}: the list says that its chain is {say(told)}, its ballots make {chains[-1]}"
            )
        progress(f"{bucket + 1} of {ballots.buckets} buckets, {ballots.count:,} of {most:,} ballots")
    root = sha256("\n".join([f"groundswell:root:1:{ballots.campaign_id}:{ballots.count}", *chains]))
    for who, document in (("list", head), ("result", result)):
        if document.get("ballots") != ballots.count:
            findings.append(f"ballots: the {who} says {say(document.get('ballots'))}, the list has {ballots.count}")
        if document.get("root") != root:
            findings.append(f"root: the {who} says {say(document.get('root'))}, the ballots make {root}")


def check_own(receipts: list[str], voters: list[str], ballots: Ballots) -> list[str]:
    """Answers where one's own ballots are."""
    for receipt in receipts:
        if receipt not in ballots.seen:
            ballots.findings.append(
                f"receipt {receipt} is not in the list. Only the last ballot of a fan is: if this is the receipt of "
                "yours, your ballot was left out or changed"
            )
    for voter_id in voters:
        where, receipt = ballots.seen.get(voter_id, ("", ""))
        if not where:
            ballots.findings.append(f"voter {voter_id} has no ballot in the list")
        elif receipts and receipt not in receipts:
            ballots.findings.append(f"voter {voter_id} has another ballot at {where}, with the receipt {receipt}")
    return [f"{key} is in the list: {ballots.seen[key][0]}" for key in (*receipts, *voters) if key in ballots.seen]


# ---- counting


@dataclass(frozen=True)
class Count:
    """`groups`: all options, best first; equals are one group, in the order of the draw."""

    shown: dict[str, Any]
    groups: list[list[str]]


def in_order(scores: dict[str, Any], place: dict[str, str]) -> list[list[str]]:
    levels: dict[Any, list[str]] = {}
    for option in sorted(scores, key=place.__getitem__):
        levels.setdefault(scores[option], []).append(option)
    return [levels[score] for score in sorted(levels, reverse=True)]


def count_points(votes: Any, place: dict[str, str]) -> Count:
    """A chosen option is worth one point."""
    counts = dict.fromkeys(place, 0)
    for vote, weight in votes:
        for option, points in (vote if isinstance(vote, dict) else dict.fromkeys(vote, 1)).items():
            counts[option] += weight * points
    return Count({"counts": counts}, in_order(counts, place))


def count_screens(votes: Any, place: dict[str, str]) -> Count:
    best, worst, shown = (dict.fromkeys(place, 0) for _ in range(3))
    for vote, weight in votes:
        for screen in vote:
            best[screen["best"]] += weight
            worst[screen["worst"]] += weight
            for option in screen["shown"]:
                shown[option] += weight
    counts = {option: best[option] - worst[option] for option in place}
    scores = {option: Fraction(counts[option], shown[option] or 1) for option in place}
    return Count({"counts": counts, "best": best, "worst": worst, "shown": shown}, in_order(scores, place))


def count_ranking(votes: Any, place: dict[str, str]) -> Count:
    counts, pairs = dict.fromkeys(place, 0), pairs_of(votes, list(place))
    for vote, weight in votes:
        for option in vote[0]:
            counts[option] += weight
    borda = {a: sum(won - pairs[b][a] for b, won in row.items()) for a, row in pairs.items()}
    rounds = rounds_of(votes, place)
    left = [one["eliminated"] for one in rounds]
    runoff = [*(set(place) - set(left)), *reversed(left)]
    shown = {"counts": counts, "pairs": pairs, "borda": borda, "rounds": rounds, "runoff": runoff}
    return Count(shown, schulze(pairs, place))


def pairs_of(votes: Any, options: list[str]) -> dict[str, dict[str, int]]:
    """An option gains one against every option below it on a ballot. Its row of counts is packed into one integer, so
    that all of them are added at once."""
    unit = {option: 1 << (BITS * number) for number, option in enumerate(options)}
    rows, everybody, most = dict.fromkeys(options, 0), sum(unit.values()), (1 << BITS) - 1
    for vote, weight in votes:
        below = everybody
        for group in vote:
            below -= sum(unit[option] for option in group)
            for option in group:
                rows[option] += weight * below
    return {a: {b: rows[a] >> (BITS * n) & most for n, b in enumerate(options) if a != b} for a in options}


def schulze(pairs: dict[str, dict[str, int]], place: dict[str, str]) -> list[list[str]]:
    path = {a: {b: won if won > pairs[b][a] else 0 for b, won in row.items()} for a, row in pairs.items()}
    for middle, further in path.items():
        for a, row in path.items():
            first = row.get(middle, 0)  # 0 for itself
            for b, second in further.items() if first else ():
                if b != a and row[b] < min(first, second):
                    row[b] = min(first, second)
    groups, left = [], sorted(place, key=place.__getitem__)
    while left:
        groups.append([a for a in left if not any(path[b][a] > path[a][b] for b in left if b != a)])
        left = [a for a in left if a not in groups[-1]]
    return groups


def rounds_of(votes: Any, place: dict[str, str]) -> list[dict[str, Any]]:
    """Instant runoff. In each round only the ballots behind the option that left are looked at again."""
    counts, exhausted = dict.fromkeys(place, 0), 0
    rounds: list[dict[str, Any]] = []
    behind: dict[str, list[tuple[list[str], Iterator[list[str]], int]]] = {option: [] for option in place}
    moving: list[tuple[list[str], Iterator[list[str]], int]] = [([], iter(vote), weight) for vote, weight in votes]
    while True:
        for group, lower, weight in moving:
            if any(option in counts for option in group):
                continue
            best = next((found for found in lower if any(option in counts for option in found)), [])
            exhausted += 0 if best else weight
            for option in best:
                if option in counts:
                    counts[option] += weight
                    behind[option].append((best, lower, weight))
        if len(counts) == 1:
            return rounds
        fewest = min(counts.values())
        leaves = max((option for option in counts if counts[option] == fewest), key=place.__getitem__)
        rounds.append({"counts": dict(counts), "exhausted": exhausted, "eliminated": leaves})
        del counts[leaves]
        moving = behind.pop(leaves)


METHODS: dict[str, tuple[Callable[[Feature, Any], None], Callable[[Any, dict[str, str]], Count]]] = {
    "plurality": (need_choice, count_points),
    "approval": (need_choice, count_points),
    "score": (need_points, count_points),
    "ranked": (need_ranking, count_ranking),
    "best_worst": (need_screens, count_screens),
}
SHOWN = ("counts", "pairs", "borda", "rounds", "runoff", "best", "worst", "shown")


def recount(feature: Feature, texts: Counter[str], seed: str) -> dict[str, Any]:
    """The feature's part of the result, as it should be."""
    place = {option: sha256(f"{seed}:{feature.feature_id}:{option}") for option in feature.options}
    count = METHODS[feature.method][1]([(json.loads(text), weight) for text, weight in texts.items()], place)
    ranking, voters = [option for group in count.groups for option in group], sum(texts.values())
    kept, decided_by = decide(feature, ranking, count.shown["counts"], voters)
    ties: list[dict[str, Any]] = []
    for group in count.groups:
        if len(group) > 1:
            decisive = 0 < len(set(group) & set(kept)) < len(group)
            ties.append({"where": "ranking", "options": group, "decisive": decisive})
    for number, one in enumerate(count.shown.get("rounds", ()), 1):
        counts = one["counts"]
        if len(fewest := [option for option in counts if counts[option] == counts[one["eliminated"]]]) > 1:
            fewest.sort(key=place.__getitem__)
            ties.append({"where": f"round {number}", "options": fewest, "decisive": False})
    found = {"method": feature.method, "voters": voters, "ranking": ranking, "kept": kept, "decided_by": decided_by}
    return {**found, **dict.fromkeys(SHOWN), **count.shown, "ties": ties}


def decide(feature: Feature, ranking: list[str], counts: dict[str, int], voters: int) -> tuple[list[str], str]:
    if feature.quorum is not None and voters < feature.quorum:
        return ranking, "no_quorum"
    if feature.over is not None and feature.method in {"plurality", "approval", "score"}:
        most = voters * (MOST_POINTS if feature.method == "score" else 1)
        return [one for one in ranking if 100 * counts[one] > feature.over * most] or ranking[:1], "over_percent"
    return ranking[: feature.keep], "keep"


# ---- comparing


def compare(where: str, told: Any, found: Any, findings: list[str]) -> None:
    """Names each place at which the result (`told`) says something else than the ballots (`found`)."""
    if isinstance(found, dict) and isinstance(told, dict):
        for name in sorted({*told, *found}):
            compare(f"{where}, {say(name)}", told.get(name), found.get(name), findings)
    elif isinstance(told, list) and isinstance(found, list) and any(isinstance(one, dict) for one in (*told, *found)):
        for number in range(max(len(told), len(found))):
            one, other = (values[number] if number < len(values) else None for values in (told, found))
            compare(f"{where} {number + 1}", one, other, findings)
    elif type(told) is not type(found) or told != found:
        findings.append(f"{where}: the result says {say(told)}, the ballots say {say(found)}")


def in_tie_order(where: str, holder: Any) -> list[Any]:
    """The order in which ties are listed is left open."""
    ties = take(where, holder, "ties", list)
    return sorted(ties, key=lambda tie: (take(where, tie, "where", str), sorted(slugs(where, tie, "options"))))


def check_feature(where: str, told: Any, found: dict[str, Any], findings: list[str]) -> None:
    first = (told.get("ranking") or [None])[0] if isinstance(told.get("ranking"), list) else None
    if first != (won := found["ranking"][0]):
        findings.append(f"{where}: the result says {say(first)} won, the ballots say {won}")
    for name, value in found.items():
        if name != "ties":
            compare(f"{where}, {name}", told.get(name), value, findings)
    compare(f"{where}, tie", in_tie_order(where, told), in_tie_order(where, found), findings)


def check_result(result: Any, ballots: Ballots) -> None:
    findings = ballots.findings
    seed = f"{ballots.campaign_id}:{take('result', result, 'ballots', int)}"
    if result.get("seed") != seed:
        findings.append(f"seed: the result says {say(result.get('seed'))}, it must be {seed}")
    told = [(slug("result, a feature", one, "feature_id"), one) for one in take("result", result, "features", list)]
    if sorted(feature_id for feature_id, _ in told) != sorted(ballots.features):
        findings.append(f"features: the result has {say([name for name, _ in told])}, not each of the campaign's once")
    for feature_id, one in told:
        if feature_id in ballots.features:
            found = recount(ballots.features[feature_id], ballots.votes[feature_id], seed)
            check_feature(f"feature {feature_id}", one, found, findings)


def check_selectable(campaign: Any, result: Any, features: dict[str, Feature], findings: list[str]) -> int:
    """What may be chosen is what the result keeps, changed by the published overrulings only. Answers how many."""
    stands: dict[str, Any] = {one["feature_id"]: one.get("kept") for one in result["features"]}
    overrulings = [] if campaign.get("overrulings") is None else take("campaign", campaign, "overrulings", list)
    for number, one in enumerate(overrulings, 1):
        feature_id = slug(f"overruling {number}", one, "feature_id")
        where = f"overruling {number}, feature {feature_id}"
        need(feature_id in features, f"{where}: it is no feature of the campaign")
        was, kept = slugs(where, one, "was"), slugs(where, one, "kept")
        if was != stands.get(feature_id):
            findings.append(f"{where}: it says that {say(was)} stood before, but {say(stands.get(feature_id))} did")
        need(set(kept) <= features[feature_id].options, f"{where}: it keeps {say(kept)}, not all of them options")
        stands[feature_id] = kept
    told = take("campaign", campaign, "selectable", dict)
    findings.extend(
        f"feature {say(name)}: the campaign says that {say(told.get(name))} can be chosen, but the result and the "
        f"published overrulings leave {say(stands.get(name))}"
        for name in sorted({*told, *stands})
        if told.get(name) != stands.get(name)
    )
    return len(overrulings)


def verify(source: Folder | Address, receipts: list[str], voters: list[str], findings: list[str]) -> list[str]:
    """Answers what was looked at, in sentences. Raises Unreadable, and Odd where nothing is left to compare."""
    campaign = source.document("campaign")
    campaign_id = slug("campaign", campaign, "campaign_id")
    told = [Feature.of(one) for one in take("campaign", campaign, "features", list)]
    features = {feature.feature_id: feature for feature in told}
    need(len(features) == len(told), "campaign: two features have the same id")
    try:
        result, head = source.document("result"), source.document("ballots")
    except Unreadable as problem:
        raise Unreadable(f"{problem} A result is published after voting; now: {say(campaign.get('state'))}.") from None
    for who, document in (("result", result), ("list", head)):
        if (other := slug(who, document, "campaign_id")) != campaign_id:
            findings.append(f"the {who} is of campaign {other}, not of {campaign_id}")
    if isinstance(source, Address) and not source.url.endswith(f"/{campaign_id}"):
        findings.append(f"{source.url} answers with campaign {campaign_id}")
    buckets = len(take("list", head, "chains", list))
    need(0 < buckets == head.get("buckets"), f"list: {say(head.get('buckets'))} buckets, but {buckets} chains")
    ballots = Ballots(campaign_id, buckets, features, findings)
    ballots.wanted = {*receipts, *voters}
    check_list(source, head, result, ballots)
    own = check_own(receipts, voters, ballots)
    check_result(result, ballots)
    overruled = check_selectable(campaign, result, features, findings)
    counted = [f"{name} ({one.method}, {sum(ballots.votes[name].values()):,} voters)" for name, one in features.items()]
    return [
        f"{ballots.count:,} ballots of campaign {campaign_id}: every receipt, {buckets} chains and the root",
        f"recounted: {', '.join(counted)}",
        f"can be chosen: what the result keeps, after {overruled} published overrulings",
        *own,
    ]


# ---- a draw


@dataclass(frozen=True)
class Entry:
    units: int
    all_or_none: bool

    def __str__(self) -> str:
        return f"{self.units} {'all' if self.all_or_none else 'up_to'}"


@dataclass(frozen=True)
class Noted:
    """What a fan brings along: one's own entries, and what was published earlier."""

    entries: list[str]
    commitments: list[str]
    hashes: list[str]
    before: Any = None


def entries_of(document: Any, findings: list[str]) -> dict[str, Entry]:
    """The entries by id. One that is not sound is told and left out."""
    found: dict[str, Entry] = {}
    last = ""
    for number, one in enumerate(take("draw", document, "entries", list), 1):
        where = f"entry {number}"
        try:
            entry_id: str = take(where, one, "entry_id", str)
            need(bool(ENTRY.fullmatch(entry_id)), f"{where}: {say(entry_id)} is not 32 to 64 hexadecimal digits")
            entry = Entry(take(where, one, "units", int), take(where, one, "all_or_none", bool))
            need(entry.units > 0, f"{where}, {entry_id}: it wants {entry.units} units")
            need(entry_id not in found, f"{where}: {entry_id} is in the list twice")
        except Odd as problem:
            findings.append(str(problem))
            continue
        if entry_id < last:
            findings.append(f"{where}: {entry_id} is out of order")
        found[entry_id], last = entry, entry_id
    return found


def list_hash(document: Any, entries: dict[str, Entry]) -> str:
    told = [slug("draw", document, "campaign_id"), take("draw", document, "wave", int)]
    head = ":".join(map(str, ["groundswell:draw:1", *told, take("draw", document, "units", int)]))
    return sha256("\n".join([head, *(f"{entry_id} {entries[entry_id]}" for entry_id in sorted(entries))]))


def allotted(order: list[str], entries: dict[str, Entry], room: int) -> dict[str, int]:
    """From the first rank down: what is wanted or what is left; less than all is nothing to who wants all or none."""
    found = {}
    for entry_id in order:
        wanted = entries[entry_id]
        found[entry_id] = wanted.units if wanted.units <= room else 0 if wanted.all_or_none else room
        room -= found[entry_id]
    return found


def tell(differences: list[str], what: str, findings: list[str]) -> None:
    findings.extend(differences[:NAMED])
    if len(differences) > NAMED:
        findings.append(f"and {len(differences) - NAMED} more entries {what}")


def check_places(document: Any, order: list[str], units: dict[str, int], findings: list[str]) -> None:
    rank = {entry_id: number for number, entry_id in enumerate(order, 1)}
    ranks: list[str] = []
    shares: list[str] = []
    for one in document["entries"]:
        entry_id = one.get("entry_id") if isinstance(one, dict) else None
        if not isinstance(entry_id, str) or entry_id not in rank:
            continue
        for name, must, differing in (("rank", rank[entry_id], ranks), ("allotted", units[entry_id], shares)):
            told = one.get(name)
            if type(told) is not int or told != must:
                differing.append(f"entry {entry_id}: {name} is {say(told)}, the draw makes it {must}")
    tell(ranks, "have another rank", findings)
    tell(shares, "are allotted something else", findings)


def check_before(before: Any, document: Any, entries: dict[str, Entry], findings: list[str]) -> None:
    """Compares with a copy from before the seed was revealed: from then on nothing may change but what was drawn."""
    earlier = entries_of(before, [])
    findings.extend(
        f"{name}: {say(before.get(name))} in the earlier copy, {say(document.get(name))} now"
        for name in ("campaign_id", "wave", "units", "commitment", "list_hash")
        if before.get(name) != document.get(name)
    )
    dropped, added = sorted(earlier.keys() - entries), sorted(entries.keys() - earlier)
    changed = sorted(entry_id for entry_id in earlier.keys() & entries if earlier[entry_id] != entries[entry_id])
    tell([f"entry {one} was dropped: it is in the earlier copy" for one in dropped], "were dropped", findings)
    tell([f"entry {one} was added: it is not in the earlier copy" for one in added], "were added", findings)
    sentences = [f"entry {one} was changed: {earlier[one]} in the earlier copy, {entries[one]} now" for one in changed]
    tell(sentences, "were changed", findings)


def check_noted(document: Any, noted: Noted, findings: list[str]) -> None:
    for name, values in (("commitment", noted.commitments), ("list_hash", noted.hashes)):
        findings.extend(
            f"{name}: you noted {value}, the draw says {say(document.get(name))}"
            for value in values
            if value != document.get(name)
        )


def check_published(document: Any, entries: dict[str, Entry], noted: Noted, findings: list[str]) -> None:
    """All that is known before the seed is."""
    if (made := list_hash(document, entries)) != document.get("list_hash"):
        findings.append(
            f"list_hash: it is {say(document.get('list_hash'))}, room and entries make {made}: an entry was dropped, "
            "added or changed"
        )
    check_noted(document, noted, findings)
    if noted.before is not None:
        check_before(noted.before, document, entries, findings)
    findings.extend(f"entry {one} is not in the list: it was left out" for one in noted.entries if one not in entries)


def verify_draw(document: Any, noted: Noted, findings: list[str]) -> list[str]:
    """Answers what was looked at, in sentences. Raises Unreadable, and Odd where nothing is left to compare."""
    name = f"wave {take('draw', document, 'wave', int)} of campaign {slug('draw', document, 'campaign_id')}"
    entries, room = entries_of(document, findings), take("draw", document, "units", int)
    need(room >= 0, f"draw: units is {room}")
    check_published(document, entries, noted, findings)
    if document.get("seed") is None:
        if findings:
            return []
        kept = "Keep a copy with --save, and bring it with --before when it is"
        raise Unreadable(f"{name} is not drawn yet; its {len(entries):,} entries make the published hash. {kept}.")
    seed, told = take("draw", document, "seed", str), take("draw", document, "list_hash", str)
    need(bool(RECEIPT.fullmatch(seed)), f"seed: {say(seed)} is not 64 hexadecimal digits")
    if sha256(seed) != document.get("commitment"):
        findings.append(f"commitment: it is {say(document.get('commitment'))}, the revealed seed makes {sha256(seed)}")
    order = sorted(entries, key=lambda entry_id: sha256(f"{seed}:{told}:{entry_id}"))
    units = allotted(order, entries, room)
    check_places(document, order, units, findings)
    own = [entry_id for entry_id in noted.entries if entry_id in entries]
    got = {one: f"{units[one]} of {entries[one].units} units" if units[one] else "waits" for one in own}
    return [
        f"{len(order):,} entries of {name}: commitment, hash of the list, every rank",
        f"{sum(units.values()):,} of {room:,} units allotted, {sum(not one for one in units.values()):,} entries wait",
        *(f"entry {entry_id}: rank {order.index(entry_id) + 1}, {got[entry_id]}" for entry_id in own),
    ]


# ---- the command


def progress(text: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K{text}")
        sys.stderr.flush()


def source_of(place: str, campaign_id: str | None, save: str | None) -> Folder | Address:
    if not place.startswith(("http://", "https://")):
        if campaign_id or save:
            raise Unreadable(f"{place} is no http address, and only with one go a campaign's id and --save.")
        if not Path(place).is_dir():
            raise Unreadable(f"{place} is neither a folder nor an http address.")
        return Folder(Path(place))
    base, _, named = place.rstrip("/").partition("/v1/campaigns")
    named = campaign_id or named.strip("/")
    if not is_slug(named) or urlsplit(place).query or urlsplit(place).fragment:
        raise Unreadable(f"{place} names no campaign: write https://host/api/v1/campaigns/ID.")
    return Address(f"{base.removesuffix('/v1')}/v1/campaigns/{named}", Folder(Path(save)) if save else None)


def digits(pattern: re.Pattern[str], text: str) -> str:
    if not pattern.fullmatch(text.lower()):
        raise argparse.ArgumentTypeError(f"{text!r} is not {pattern.pattern}")
    return text.lower()


def listing(parser: argparse.ArgumentParser, name: str, form: re.Pattern[str], asks: str) -> None:
    parser.add_argument(name, action="append", default=[], metavar="DIGITS", type=partial(digits, form), help=asks)


def recount_asked(words: Sequence[str], findings: list[str]) -> list[str]:
    parser = argparse.ArgumentParser(
        description="Recounts a vote from its published ballots.", epilog="A draw: verify.py draw --help"
    )
    parser.add_argument("source", help="https://host/api/v1/campaigns/ID, or a folder that --save has written")
    parser.add_argument("campaign", nargs="?", help="the campaign's id, if the address does not name it")
    parser.add_argument("--save", metavar="FOLDER", help="keep a copy of what is read")
    listing(parser, "--receipt", RECEIPT, "is this ballot in the list?")
    listing(parser, "--voter", VOTER, "and of this voter?")
    asked = parser.parse_args(words)
    return verify(source_of(asked.source, asked.campaign, asked.save), asked.receipt, asked.voter, findings)


def draw_of(place: str, names: list[str], findings: list[str]) -> dict[str, Any]:
    """The draw in a file, or at the address of a campaign with the wave beside it."""
    if not place.startswith(("http://", "https://")):
        if names:
            raise Unreadable(f"{place} is no http address, and only with one go a campaign's id and the wave.")
        found = read(Path(place))
        need(isinstance(found, dict), f"{place}: it is no object")
        return dict(found)
    base, _, path = place.rstrip("/").partition("/v1/campaigns")
    tail = "/".join([path.strip("/").replace("/waves/", "/").removesuffix("/draw"), *names])
    campaign_id, _, number = tail.strip("/").partition("/")
    if not NUMBER.fullmatch(number):
        raise Unreadable(f"{place} names no draw: write https://host/api/v1/campaigns/ID and the number of the wave.")
    source, wave = source_of(base, campaign_id, None), int(number)
    found = source.draw(wave) if isinstance(source, Address) else {}
    for name, value in (("campaign_id", campaign_id), ("wave", wave)):
        if found.get(name) != value:
            findings.append(f"the draw is of {name} {say(found.get(name))}, not of {value}")
    return found


def draw_asked(words: Sequence[str], findings: list[str]) -> list[str]:
    parser = argparse.ArgumentParser(prog="verify.py draw", description="Repeats a draw from its published entries.")
    parser.add_argument("source", help="https://host/api/v1/campaigns/ID, or a file that --save has written")
    parser.add_argument(
        "names", nargs="*", metavar="ID WAVE", help="the campaign's id, if not in the address; the wave"
    )
    parser.add_argument("--save", metavar="FILE", help="keep a copy of what is read")
    parser.add_argument(
        "--before", metavar="FILE", help="a copy from before the seed was revealed: did anything change?"
    )
    listing(parser, "--entry", ENTRY, "is this entry in the list?")
    listing(parser, "--commitment", RECEIPT, "as you noted it before the first entry")
    listing(parser, "--list-hash", RECEIPT, "as you noted it before the seed was revealed")
    asked = parser.parse_args(words)
    document = draw_of(asked.source, asked.names, findings)
    if asked.save:
        write(Path(asked.save), document)
    before = read(Path(asked.before)) if asked.before else None
    return verify_draw(document, Noted(asked.entry, asked.commitment, asked.list_hash, before), findings)


def main(arguments: Sequence[str] | None = None) -> int:
    words = sys.argv[1:] if arguments is None else list(arguments)
    is_draw = words[:1] == ["draw"]
    same, cannot = ("same draw", "cannot repeat the draw") if is_draw else ("same result", "cannot recount")
    findings: list[str] = []
    checked: list[str] = []
    try:
        checked = draw_asked(words[1:], findings) if is_draw else recount_asked(words, findings)
    except Unreadable as problem:
        progress("")
        print(f"{cannot}: {problem}", file=sys.stderr)
        return 2
    except Odd as problem:
        findings.append(str(problem))
    except RecursionError:
        findings.append("a document is nested too deeply")
    except KeyboardInterrupt:
        print("stopped before all was counted", file=sys.stderr)
        return 2
    progress("")
    print(*(findings[:MOST_SENTENCES] or [same, *checked]), sep="\n")
    if len(findings) > MOST_SENTENCES:
        print(f"and {len(findings) - MOST_SENTENCES} more differences")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
