"""A stranger's recount agrees with results found by hand or by brute force, and names whatever was tampered with."""

import ast
import copy
import hashlib
import itertools
import json
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tools import verify

CAMPAIGN = "0199c0de-0000-7000-8000-000000000001"
PROGRAM = Path(verify.__file__)


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def drawn(ballots: int, feature_id: str, options: Any) -> list[str]:
    return sorted(options, key=lambda option: sha(f"{CAMPAIGN}:{ballots}:{feature_id}:{option}"))


def feature(feature_id: str, method: str, options: Any, **rules: Any) -> dict[str, Any]:
    return {
        "feature_id": feature_id,
        "method": method,
        "keep": 1,
        "options": [{"option_id": o} for o in options],
        **rules,
    }


@dataclass
class Election:
    """What is published, open to be tampered with."""

    campaign: dict[str, Any]
    result: dict[str, Any]
    ballots: dict[str, Any]
    buckets: list[list[dict[str, Any]]]

    def seal(self) -> None:
        """Receipts, chains and root as a publisher makes them who knows what he does."""
        chains = []
        for bucket, lines in enumerate(self.buckets):
            chain = sha(f"groundswell:ballots:1:{CAMPAIGN}:{bucket}")
            for line in lines:
                told = {name: line[name] for name in ("version", "voter_id", "votes")}
                line["receipt"] = sha(json.dumps(told, sort_keys=True, separators=(",", ":")))
                chain = sha(chain + line["receipt"])
            chains.append(chain)
        count = sum(len(lines) for lines in self.buckets)
        root = sha("\n".join([f"groundswell:root:1:{CAMPAIGN}:{count}", *chains]))
        self.ballots |= {"ballots": count, "chains": chains, "root": root}
        self.result |= {"ballots": count, "root": root}

    def write(self, folder: Path) -> Path:
        folder.mkdir(exist_ok=True)
        for name in ("campaign", "result", "ballots"):
            (folder / f"{name}.json").write_text(json.dumps(getattr(self, name)))
        for number, lines in enumerate(self.buckets):
            (folder / f"bucket-{number:04d}.json").write_text(json.dumps({"items": lines, "next_cursor": None}))
        return folder

    def lines(self) -> list[dict[str, Any]]:
        return [line for lines in self.buckets for line in lines]


def election(features: list[dict[str, Any]], ballots: list[dict[str, Any]], decided: dict[str, Any]) -> Election:
    """`decided`: what the result says of each feature, from elsewhere than the program under test."""
    buckets: list[list[dict[str, Any]]] = [[], [], []]
    for number, votes in enumerate(ballots):
        voter_id = sha(f"fan {number}")[:32]
        buckets[int(voter_id[:8], 16) % 3].append({"voter_id": voter_id, "version": 1, "votes": votes})
    for lines in buckets:
        lines.sort(key=lambda line: line["voter_id"])
    told = [{"feature_id": one["feature_id"], "method": one["method"]} | decided[one["feature_id"]] for one in features]
    made = Election(
        {"campaign_id": CAMPAIGN, "state": "settled", "features": features, "overrulings": []},
        {"campaign_id": CAMPAIGN, "seed": f"{CAMPAIGN}:{len(ballots)}", "features": told},
        {"campaign_id": CAMPAIGN, "buckets": 3},
        buckets,
    )
    made.campaign["selectable"] = {name: one["kept"] for name, one in decided.items()}
    made.seal()
    return made


def profile(text: str, feature_id: str = "f") -> list[dict[str, Any]]:
    """`5 AC 3 BA`: five ballots with A above C, three with B above A."""
    words = text.split()
    return [
        {feature_id: [[option] for option in order]}
        for weight, order in zip(words[::2], words[1::2], strict=True)
        for _ in range(int(weight))
    ]


def matrix(options: str, text: str) -> dict[str, dict[str, int]]:
    """Rows of counts, with `-` for an option against itself."""
    rows = zip(
        options, (text.split()[n : n + len(options)] for n in range(0, len(options) ** 2, len(options))), strict=True
    )
    return {a: {b: int(won) for b, won in zip(options, row, strict=True) if a != b} for a, row in rows}


def rounds(*told: tuple[str, int, str]) -> list[dict[str, Any]]:
    """`("A10 B8", 0, "B")`: the counts, the exhausted, who leaves."""
    return [
        {"counts": {w[0]: int(w[1:]) for w in counts.split()}, "exhausted": exhausted, "eliminated": leaves}
        for counts, exhausted, leaves in told
    ]


def schulze_one() -> Election:
    """Example 1 of Schulze's paper, 45 ballots; pairs and ranking as printed there. B and E tie in the second round."""
    assert drawn(45, "f", "BE") == ["E", "B"]  # so that B leaves; from here on by hand
    ballots = profile("5 ACBED 5 ADECB 8 BEDAC 3 CABED 7 CAEBD 2 CBADE 7 DCEBA 8 EBADC")
    pairs = matrix("ABCDE", "- 20 26 30 22  25 - 16 33 18  19 29 - 17 24  15 12 28 - 14  23 27 21 31 -")
    decided = {
        "voters": 45,
        "counts": {"A": 10, "B": 8, "C": 12, "D": 7, "E": 8},
        "pairs": pairs,
        "borda": {"A": 16, "B": 4, "C": -2, "D": -42, "E": 24},
        "rounds": rounds(
            ("A10 B8 C12 D7 E8", 0, "D"), ("A10 B8 C19 E8", 0, "B"), ("A10 C19 E16", 0, "A"), ("C24 E21", 0, "E")
        ),
        "runoff": ["C", "E", "A", "B", "D"],
        "ranking": ["E", "A", "C", "B", "D"],
        "kept": ["E"],
        "decided_by": "keep",
        "ties": [{"where": "round 2", "options": ["E", "B"], "decisive": False}],
    }
    return election([feature("f", "ranked", "ABCDE")], ballots, {"f": decided})


def tennessee() -> Election:
    """Memphis, Nashville, Chattanooga, Knoxville: the Condorcet winner is Nashville, instant runoff takes Knoxville."""
    decided = {
        "voters": 100,
        "counts": {"M": 42, "N": 26, "C": 15, "K": 17},
        "pairs": matrix("MNCK", "- 42 42 42  58 - 68 68  58 32 - 83  58 32 17 -"),
        "borda": {"M": -48, "N": 88, "C": 46, "K": -86},
        "rounds": rounds(("M42 N26 C15 K17", 0, "C"), ("M42 N26 K32", 0, "N"), ("M42 K58", 0, "M")),
        "runoff": ["K", "M", "N", "C"],
        "ranking": ["N", "C", "K", "M"],
        "kept": ["N", "C"],
        "decided_by": "keep",
        "ties": [],
    }
    ballots = profile("42 MNCK 26 NCKM 15 CKNM 17 KCNM")
    return election([feature("f", "ranked", "MNCK", keep=2)], ballots, {"f": decided})


def equals() -> Election:
    """Equal ranks and ballots that end early. A beats B and D, C beats D; nobody beats A or C."""
    ballots: list[dict[str, Any]] = [{"f": [["A", "B"]]}] * 2 + [{"f": [["C"], ["A"]]}] * 2 + [{"f": [["D"]]}]
    decided = {
        "voters": 5,
        "counts": {"A": 2, "B": 2, "C": 2, "D": 1},
        "pairs": matrix("ABCD", "- 2 2 4  0 - 2 2  2 2 - 2  1 1 1 -"),
        "borda": {"A": 5, "B": -1, "C": 1, "D": -5},
        "rounds": rounds(("A2 B2 C2 D1", 0, "D"), ("A2 B2 C2", 1, "C"), ("A4 B2", 1, "B")),
        "runoff": ["A", "B", "C", "D"],
        "ranking": ["A", "C", "B", "D"],
        "kept": ["A"],
        "decided_by": "keep",
        "ties": [
            {"where": "ranking", "options": ["A", "C"], "decisive": True},
            {"where": "round 2", "options": ["A", "B", "C"], "decisive": False},
        ],
    }
    assert drawn(5, "f", "ABC") == ["A", "B", "C"]  # so that C leaves in round 2, and A stands before C
    return election([feature("f", "ranked", "ABCD")], ballots, {"f": decided})


def screen(shown: str, best: str, worst: str) -> dict[str, Any]:
    return {"shown": list(shown), "best": best, "worst": worst}


def all_methods() -> Election:
    """Six ballots on a feature of each method but ranked, with a quorum missed and a tie that decides."""
    features = [
        feature("colour", "plurality", ["red", "blue", "green"]),
        feature("lens", "approval", ["wide", "tele", "zoom"], budget=2, keep_over_percent=40),
        feature("grip", "score", ["wood", "cork"], keep_over_percent=99, quorum=2),
        feature("strap", "best_worst", "abcde", keep=2),
        feature("case", "plurality", ["box", "bag"], quorum=2),
    ]
    ballots: list[dict[str, Any]] = [
        {"colour": ["red"], "lens": ["wide", "tele"], "grip": {"wood": 5, "cork": 0}, "case": ["bag"]},
        {"colour": ["red"], "lens": ["tele"], "grip": {"wood": 1}},
        {"colour": ["blue"], "lens": [], "grip": {"wood": 0, "cork": 4}},
        {"colour": ["blue"], "lens": ["wide"], "strap": [screen("abcd", "a", "d"), screen("ab", "a", "b")]},
        {"lens": ["tele", "zoom"], "strap": [screen("abc", "b", "c")]},
        {"strap": [screen("ad", "a", "d")]},
    ]
    tied = drawn(6, "colour", ["red", "blue"])
    decided = {
        "colour": {
            "voters": 4,
            "counts": {"red": 2, "blue": 2, "green": 0},
            "ranking": [*tied, "green"],
            "kept": tied[:1],
            "decided_by": "keep",
            "ties": [{"where": "ranking", "options": tied, "decisive": True}],
        },
        "lens": {  # 40 percent of 5 voters are 2 ballots: wide with 2 is not over
            "voters": 5,
            "counts": {"wide": 2, "tele": 3, "zoom": 1},
            "ranking": ["tele", "wide", "zoom"],
            "kept": ["tele"],
            "decided_by": "over_percent",
            "ties": [],
        },
        "grip": {
            "voters": 3,
            "counts": {"wood": 6, "cork": 4},
            "ranking": ["wood", "cork"],
            "kept": ["wood"],
            "decided_by": "over_percent",
            "ties": [],
        },
        "strap": {  # a 3/4, b 0/3, c -1/2, d -2/3 (on three screens: abcd, ad), e never shown
            "voters": 3,
            "best": {"a": 3, "b": 1, "c": 0, "d": 0, "e": 0},
            "worst": {"a": 0, "b": 1, "c": 1, "d": 2, "e": 0},
            "shown": {"a": 4, "b": 3, "c": 2, "d": 2, "e": 0},
            "counts": {"a": 3, "b": 0, "c": -1, "d": -2, "e": 0},
            "ranking": ["a", *drawn(6, "strap", "be"), "c", "d"],
            "kept": ["a", drawn(6, "strap", "be")[0]],
            "decided_by": "keep",
            "ties": [{"where": "ranking", "options": drawn(6, "strap", "be"), "decisive": True}],
        },
        "case": {
            "voters": 1,
            "counts": {"box": 0, "bag": 1},
            "ranking": ["bag", "box"],
            "kept": ["bag", "box"],
            "decided_by": "no_quorum",
            "ties": [],
        },
    }
    return election(features, ballots, decided)


def heard(capsys: pytest.CaptureFixture[str], *arguments: Any) -> tuple[int, str]:
    status = verify.main([str(one) for one in arguments])
    told = capsys.readouterr()
    return status, told.out + told.err


@pytest.mark.parametrize("made", [schulze_one, tennessee, equals, all_methods], ids=lambda made: made.__name__)
def test_it_agrees_with_what_was_counted_by_hand(made, tmp_path, capsys):
    status, told = heard(capsys, made().write(tmp_path))
    assert (status, told.splitlines()[0]) == (0, "same result"), told


# ---- by brute force: each rule once more, word by word, without regard to speed


def levels(vote: list[list[str]]) -> dict[str, int]:
    return {option: level for level, group in enumerate(vote) for option in group}


def beats(pairs: dict[str, dict[str, int]], a: str, b: str) -> int:
    """The strongest of all simple paths from a to b."""
    between, best = [one for one in pairs if one not in {a, b}], 0
    for length in range(len(between) + 1):
        for middle in itertools.permutations(between, length):
            links = list(itertools.pairwise((a, *middle, b)))
            if all(pairs[x][y] > pairs[y][x] for x, y in links):
                best = max(best, min(pairs[x][y] for x, y in links))
    return best


def ranked_by_force(votes: list[Any], options: str) -> dict[str, Any]:
    pairs = {
        a: {b: sum(levels(v).get(a, 99) < levels(v).get(b, 99) for v in votes) for b in options if b != a}
        for a in options
    }
    draw, groups, left, told, standing = drawn(len(votes), "f", options), [], set(options), [], set(options)
    while left:
        groups.append(
            [a for a in draw if a in left and not any(beats(pairs, b, a) > beats(pairs, a, b) for b in left - {a})]
        )
        left -= set(groups[-1])
    ties = [{"where": "ranking", "options": group} for group in groups if len(group) > 1]
    while len(standing) > 1:
        tops = [next((set(group) & standing for group in vote if set(group) & standing), set()) for vote in votes]
        counts = {option: sum(option in top for top in tops) for option in standing}
        fewest = [option for option in draw if counts.get(option) == min(counts.values())]
        told.append({"counts": counts, "exhausted": tops.count(set()), "eliminated": fewest[-1]})
        if len(fewest) > 1:
            ties.append({"where": f"round {len(told)}", "options": fewest})
        standing.remove(fewest[-1])
    kept = [option for group in groups for option in group][:2]
    return {
        "voters": len(votes),
        "counts": {option: sum(option in vote[0] for vote in votes) for option in options},
        "pairs": pairs,
        "borda": {a: sum(pairs[a][b] - pairs[b][a] for b in options if b != a) for a in options},
        "rounds": told,
        "runoff": [*standing, *(one["eliminated"] for one in reversed(told))],
        "ranking": [option for group in groups for option in group],
        "kept": kept,
        "decided_by": "keep",
        "ties": [
            {"decisive": tie["where"] == "ranking" and 0 < len({*kept} & {*tie["options"]}) < len(tie["options"])} | tie
            for tie in ties
        ],
    }


def some_ranking(chance: random.Random, options: str) -> list[list[str]]:
    """Often with equals, and seldom to the end."""
    order = chance.sample(options, chance.randint(1, len(options)))
    groups: list[list[str]] = [[order[0]]]
    for option in order[1:]:
        if chance.random() < 0.3:
            groups[-1].append(option)
        else:
            groups.append([option])
    return groups


@pytest.mark.parametrize("seed", range(40))
def test_it_agrees_with_brute_force_on_rankings(seed, tmp_path, capsys):
    chance, options = random.Random(seed), "ABCDE"[: 2 + seed % 4]
    votes = [some_ranking(chance, options) for _ in range(chance.randint(0, 12))]
    decided = ranked_by_force(votes, options)
    made = election([feature("f", "ranked", options, keep=2)], [{"f": vote} for vote in votes], {"f": decided})
    status, told = heard(capsys, made.write(tmp_path))
    assert status == 0, told


@pytest.mark.parametrize("seed", range(20))
def test_it_agrees_with_brute_force_on_screens(seed, tmp_path, capsys):
    chance, options = random.Random(seed), "abcde"
    votes = []
    for _ in range(chance.randint(0, 6)):
        sets = [chance.sample(options, chance.randint(2, 4)) for _ in range(chance.randint(1, 3))]
        votes.append([{"shown": shown, "best": shown[0], "worst": shown[-1]} for shown in sets])
    screens = [one for vote in votes for one in vote]
    times = {w: {o: sum(o == s[w] for s in screens) for o in options} for w in ("best", "worst")}
    times["shown"] = {o: sum(o in s["shown"] for s in screens) for o in options}
    counts = {o: times["best"][o] - times["worst"][o] for o in options}
    score = {o: Fraction(counts[o], times["shown"][o]) if times["shown"][o] else Fraction(0) for o in options}
    draw = drawn(len(votes), "f", options)
    ranking = sorted(draw, key=lambda o: -score[o])
    groups = [[o for o in ranking if score[o] == value] for value in sorted(set(score.values()), reverse=True)]
    decided = {"voters": len(votes), "counts": counts, **times, "ranking": ranking, "kept": ranking[:1]}
    ties = [{"where": "ranking", "options": g, "decisive": ranking[0] in g} for g in groups if len(g) > 1]
    decided |= {"decided_by": "keep", "ties": ties}
    made = election([feature("f", "best_worst", options)], [{"f": vote} for vote in votes], {"f": decided})
    status, told = heard(capsys, made.write(tmp_path))
    assert status == 0, told


# ---- tampering


def drop(made: Election) -> None:
    made.buckets[0].pop(0)


def change(made: Election) -> None:
    made.buckets[0][0]["votes"] = {"colour": ["green"]}


def add(made: Election) -> None:
    made.buckets[0].append(
        {"voter_id": "ffffffff" + "0" * 24, "version": 1, "votes": {"colour": ["red"]}, "receipt": ""}
    )
    assert int("ffffffff", 16) % 3 == 0


@pytest.mark.parametrize(
    ("tamper", "place"),
    [
        (drop, "ballots: the result says 6, the list has 5"),
        (change, "bucket 0, line 1: the receipt does not belong to the line"),
        (add, "bucket 0, line 3: the receipt does not belong to the line"),
    ],
)
def test_a_ballot_is_dropped_changed_or_added(tamper, place, tmp_path, capsys):
    made = all_methods()
    tamper(made)
    status, told = heard(capsys, made.write(tmp_path))
    assert status == 1
    for sentence in (place, "bucket 0: the list says that its chain is", "root: the result says"):
        assert sentence in told
    assert "bucket 1" not in told
    assert "bucket 2" not in told


@pytest.mark.parametrize(
    ("tamper", "place"),
    [
        (drop, "feature colour, voters: the result says 4, the ballots say"),
        (change, "feature colour, counts, green: the result says 0, the ballots say 1"),
        (add, "feature colour, counts, red: the result says 2, the ballots say 3"),
    ],
)
def test_receipts_chains_and_root_were_made_anew_but_not_the_counts(tamper, place, tmp_path, capsys):
    made = all_methods()
    tamper(made)
    made.seal()
    status, told = heard(capsys, made.write(tmp_path))
    assert (status, place in told) == (1, True), told
    assert "chain" not in told
    assert "root" not in told


def test_a_list_made_anew_does_not_fit_the_certified_root(tmp_path, capsys):
    made = all_methods()
    certified = made.result["root"]
    change(made)
    made.seal()
    made.result["root"] = certified
    status, told = heard(capsys, made.write(tmp_path))
    assert status == 1
    assert f"root: the result says {certified}" in told
    assert "root: the list" not in told


def swap_equals(made: Election) -> None:
    colour = made.result["features"][0]
    first, second, third = colour["ranking"]
    colour |= {"ranking": [second, first, third], "kept": [second]}
    made.campaign["selectable"]["colour"] = [second]


def of_result(number: int, **told: Any) -> Callable[[Election], None]:
    return lambda made: made.result["features"][number].update(told)


def in_line(**told: Any) -> Callable[[Election], None]:
    return lambda made: made.lines()[0].update(told)


def in_campaign(**told: Any) -> Callable[[Election], None]:
    return lambda made: made.campaign.update(told)


def overruled(**told: Any) -> Callable[[Election], None]:
    """The organiser lets fans choose the cork grip instead."""

    def tamper(made: Election) -> None:
        one = {"feature_id": "grip", "was": ["wood"], "kept": ["cork"], "reason": "wood has run out"} | told
        made.campaign["overrulings"] = [one]
        made.campaign["selectable"]["grip"] = ["cork"]

    return tamper


def twice(made: Election) -> None:
    made.buckets[1].insert(1, copy.deepcopy(made.buckets[1][0]))


def turned(made: Election) -> None:
    made.buckets[0].reverse()


def elsewhere(made: Election) -> None:
    made.buckets[2].append(made.buckets[1].pop())


def lied(made: Election) -> None:
    made.ballots["chains"][2] = "ab" * 32


@pytest.mark.parametrize(
    ("tamper", "places"),
    [
        (swap_equals, ["feature colour: the result says", " won, the ballots say", "feature colour, kept: the result"]),
        (of_result(0, kept=["green"]), ["feature colour, kept: the result says green", "campaign says"]),
        (of_result(1, kept=["tele", "wide"]), ["feature lens, kept: the result says tele, wide, the ballots say tele"]),
        (
            of_result(1, decided_by="keep"),
            ["feature lens, decided_by: the result says keep, the ballots say over_percent"],
        ),
        (
            of_result(2, counts={"wood": 5, "cork": 4}),
            ["feature grip, counts, wood: the result says 5, the ballots say 6"],
        ),
        (of_result(2, counts={"wood": 6}), ["feature grip, counts, cork: the result says nothing, the ballots say 4"]),
        (of_result(2, voters=True), ["feature grip, voters: the result says true, the ballots say 3"]),
        (of_result(3, ties=[]), ["feature strap, tie 1: the result says nothing"]),
        (of_result(3, borda={}), ["feature strap, borda: the result says {}, the ballots say nothing"]),
        (lambda made: made.result.update(seed="mine"), ["seed: the result says mine, it must be"]),
        (lambda made: made.result["features"].pop(), ["features: the result has colour, lens, grip, strap, not each"]),
        (in_campaign(selectable={}), ["feature grip: the campaign says that nothing can be chosen", "leave wood"]),
        (in_campaign(campaign_id="another"), ["the result is of campaign", "the list is of campaign"]),
        (
            lambda made: made.campaign["selectable"].update(grip=["cork"]),
            ["feature grip: the campaign says that cork can"],
        ),
        (overruled(was=["cork"]), ["overruling 1, feature grip: it says that cork stood before, but wood did"]),
        (overruled(kept=["tin"]), ["overruling 1, feature grip: it keeps tin, not all of them options"]),
        (twice, ["bucket 1, line 2: voter", "is in the list twice"]),
        (turned, ["bucket 0, line 2: voter", "is out of order"]),
        (elsewhere, ["bucket 2, line", "belongs into bucket 1"]),
        (lied, ["bucket 2: the list says that its chain is abab"]),
        (in_line(voter_id="ada"), ["bucket 0, line 1: voter ada is not 32 hexadecimal digits"]),
        (in_line(version="1"), ['bucket 0, line 1: version is "1", not a whole number']),
        (in_line(version=True), ["bucket 0, line 1: version is true, not a whole number"]),
        (
            lambda made: made.campaign["features"].append(made.campaign["features"][0]),
            ["two features have the same id"],
        ),
        (in_line(votes={"colour": ["\x1b[2Jpink"]}), ['the vote on colour names "\\u001b[2Jpink", which is no option']),
        (in_line(votes={"colour": ["red", "blue"]}), ["the vote on colour names 2 options, not one"]),
        (in_line(votes={"shape": ["round"]}), ["the vote on shape is on no feature of the campaign"]),
        (in_line(votes={"lens": ["wide", "wide"]}), ["the vote on lens names an option twice"]),
        (in_line(votes={"lens": ["wide", "tele", "zoom"]}), ["names 3 options, over its budget of 2"]),
        (in_line(votes={"lens": {"wide": 1}}), ["the vote on lens is no list of options"]),
        (in_line(votes={"grip": {"wood": 6}}), ["the vote on grip gives 6 points, not 0 to 5"]),
        (in_line(votes={"grip": {"wood": True}}), ["the vote on grip gives true points"]),
        (in_line(votes={"grip": {"tin": 1}}), ["the vote on grip names tin, which is no option"]),
        (
            in_line(votes={"strap": [screen("abc", "d", "a")]}),
            ["the vote on strap names d as best, which was not on screen 1"],
        ),
        (
            in_line(votes={"strap": [screen("abc", "a", "a")]}),
            ["the vote on strap names a as best and as worst on screen 1"],
        ),
        (in_line(votes={"strap": [screen("abcde", "a", "b")]}), ["the vote on strap shows 5 options on screen 1"]),
        (in_line(votes={"strap": [screen("ab", "a", "b")] * 16}), ["the vote on strap is no list of 1 to 15 screens"]),
    ],
)
def test_each_lie_is_named(tamper, places, tmp_path, capsys):
    made = all_methods()
    tamper(made)
    status, told = heard(capsys, made.write(tmp_path))
    assert status == 1
    assert [place for place in places if place not in told] == [], told


@pytest.mark.parametrize(
    ("vote", "problem"),
    [([["M"], ["M", "N"]], "names an option twice"), ([["M"], []], "is no list of groups"), ([], "ranks nothing")],
)
def test_an_unsound_ranking_is_named_and_not_counted(vote, problem, tmp_path, capsys):
    made = tennessee()
    made.lines()[0]["votes"]["f"] = vote
    made.seal()
    _, told = heard(capsys, made.write(tmp_path))
    assert f"the vote on f {problem}" in told
    assert "feature f, voters: the result says 100, the ballots say 99" in told


def test_a_published_overruling_is_no_difference(tmp_path, capsys):
    made = all_methods()
    overruled()(made)
    assert "1 published overruling" in heard(capsys, made.write(tmp_path))[1]


def test_a_winner_by_another_method_is_told(tmp_path, capsys):
    made = tennessee()
    made.result["features"][0]["ranking"] = ["K", "M", "N", "C"]
    assert "feature f: the result says K won, the ballots say N" in heard(capsys, made.write(tmp_path))[1]


# ---- one's own ballot


def test_own_ballots_are_found(tmp_path, capsys):
    made = all_methods()
    line = made.lines()[3]
    for own in (["--receipt", line["receipt"]], ["--receipt", line["receipt"].upper(), "--voter", line["voter_id"]]):
        status, told = heard(capsys, made.write(tmp_path), *own)
        assert (status, f"{line['receipt']} is in the list: bucket" in told) == (0, True), told


def test_a_ballot_that_was_left_out_is_missed(tmp_path, capsys):
    made = all_methods()
    line = made.lines()[3]
    folder = made.write(tmp_path)
    status, told = heard(capsys, folder, "--receipt", "0" * 64, "--voter", line["voter_id"])
    assert status == 1
    assert f"receipt {'0' * 64} is not in the list" in told
    assert f"voter {line['voter_id']} has another ballot at bucket" in told
    assert f"voter {'0' * 32} has no ballot in the list" in heard(capsys, folder, "--voter", "0" * 32)[1]


def test_a_receipt_counts_only_with_its_line(tmp_path, capsys):
    """A publisher may print the fan's receipt beside a changed ballot."""
    made = all_methods()
    receipt = made.lines()[0]["receipt"]
    change(made)
    own = ["--receipt", receipt, "--voter", made.lines()[0]["voter_id"]]
    _, told = heard(capsys, made.write(tmp_path), *own)
    assert f"receipt {receipt} is not in the list" in told
    assert f"voter {own[3]} has another ballot at bucket 0, line 1" in told


# ---- over the network


@dataclass
class Site:
    """Serves an election under a name, two lines a page. `fails`: how many answers fail first. `endless`: each page
    names another, from that line on."""

    made: Election
    fails: int = 0
    endless: str | None = None
    name: str = CAMPAIGN

    def answer(self, address: str) -> Any:
        path, query = urlsplit(address).path, parse_qs(urlsplit(address).query)
        root = f"/api/v1/campaigns/{self.name}"
        if path in {root, f"{root}/result", f"{root}/ballots"}:
            return getattr(self.made, path.removeprefix(root).strip("/") or "campaign")
        if not path.startswith(f"{root}/ballots/"):
            return None
        lines, start = self.made.buckets[int(path.rpartition("/")[2])], int(query.get("cursor", ["0"])[0])
        following = str(start + 2) if start + 2 < len(lines) else None
        return {"items": lines[start : start + 2], "next_cursor": self.endless or following}


@pytest.fixture
def serve() -> Iterator[Callable[[Site], str]]:
    servers = []

    def start(site: Site) -> str:
        class Door(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.fails -= 1
                found = site.answer(self.path)
                self.send_response(503 if site.fails >= 0 else 200 if found else 404)
                self.end_headers()
                self.wfile.write(json.dumps(found).encode())

            def log_message(self, *_: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        servers.append(server)
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}/api"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_an_address_is_read_and_saved(serve, tmp_path, capsys):
    base, folder = serve(Site(tennessee())), tmp_path / "new" / "saved"
    assert heard(capsys, f"{base}/v1/campaigns/{CAMPAIGN}", "--save", folder)[0] == 0
    assert sorted(path.name for path in folder.iterdir()) == [
        *("ballots.json", "bucket-0000.json", "bucket-0001.json", "bucket-0002.json", "campaign.json", "result.json")
    ]
    status, told = heard(capsys, folder)
    assert (status, "100 ballots of campaign" in told) == (0, True)


@pytest.mark.parametrize("path", ["", "/", "/v1", "/v1/campaigns/"])
def test_the_campaign_may_stand_beside_the_address(path, serve, capsys):
    assert heard(capsys, serve(Site(all_methods())) + path, CAMPAIGN)[0] == 0


def test_a_passing_failure_is_borne(serve):
    site = Site(all_methods(), fails=2)
    address = verify.Address(f"{serve(site)}/v1/campaigns/{CAMPAIGN}", waits=(0.01, 0.01))
    assert verify.verify(address, [], [], findings := [])
    assert findings == []


@pytest.mark.parametrize("following", ["0", "99"], ids=["the first again", "empty"])
def test_pages_without_end_are_named(following, serve, capsys):
    status, told = heard(capsys, serve(Site(tennessee(), endless=following)), CAMPAIGN)
    assert (status, "bucket 0 cannot be counted: bucket 0: its pages do not end" in told) == (1, True)


def test_the_campaign_of_another_address_is_named(serve, capsys):
    status, told = heard(capsys, serve(Site(all_methods(), name="another")), "another")
    assert (status, f"/another answers with campaign {CAMPAIGN}" in told) == (1, True)


def test_what_cannot_be_read_ends_with_2(serve, tmp_path, capsys):
    unfinished = all_methods()
    unfinished.result = {}
    unfinished.campaign["state"] = "voting"
    address = f"{serve(Site(unfinished))}/v1/campaigns/"
    (tmp_path / "campaign.json").write_text("<html>")
    for where, sentence in (
        (address + CAMPAIGN, "/result answers 404. A result is published after voting; now: voting."),
        (address + "unknown", "/unknown answers 404."),
        (address, "names no campaign"),
        (address + "../secret", "names no campaign"),
        (tmp_path, "campaign.json is no JSON"),
        (tmp_path / "nowhere", "is neither a folder nor an http address"),
        ("file:///etc/passwd", "is neither a folder nor an http address"),
    ):
        status, told = heard(capsys, where)
        assert (status, sentence in told) == (2, True), told


@pytest.mark.parametrize("own", [["--receipt", "abc"], ["--voter", "x" * 32]])
def test_a_receipt_that_is_none_is_refused(own, tmp_path):
    with pytest.raises(SystemExit, match="2"):
        verify.main([str(tmp_path), *own])


# ---- whatever is published


def places(document: Any) -> Iterator[tuple[Any, Any]]:
    """Each place of a document at which something can be put."""
    for key in list(document) if isinstance(document, dict) else range(len(document)):
        yield document, key
        if isinstance(document[key], (dict, list)):
            yield from places(document[key])


@dataclass
class Held:
    """An election that is read without being written."""

    made: Election

    def document(self, name: str) -> Any:
        return getattr(self.made, name)

    def lines(self, bucket: int, _most: int) -> Any:
        return verify.take("bucket", {"items": self.made.buckets[bucket]}, "items", list)


def goes_unnoticed(made: Election) -> bool:
    findings: list[str] = []
    try:
        verify.verify(Held(made), [], [], findings)
    except verify.Odd:
        return False
    return not findings


PLANTED: tuple[Any, ...] = (None, True, -1, 1.5, "x\x1b", [], {}, [[]], {"a": {}}, 10**17)


@pytest.mark.parametrize("make", [all_methods, equals], ids=lambda make: make.__name__)
@pytest.mark.parametrize("part", ["result", "ballots", "buckets", "campaign"])
def test_whatever_stands_anywhere_is_a_finding_and_never_a_crash(part, make):
    made, unnoticed, chance = make(), [], random.Random(part)
    for holder, key in list(places(getattr(made, part))):
        held = holder[key]
        for planted in chance.sample(PLANTED, 3):
            holder[key] = planted
            if json.dumps(planted) != json.dumps(held) and goes_unnoticed(made):
                unnoticed.append((key, held, planted))
        holder[key] = held
    if part == "campaign":  # the rules are what the organiser says
        assert {key for key, _, _ in unnoticed} <= {
            "state",
            "overrulings",
            "keep",
            "keep_over_percent",
            "quorum",
            "budget",
        }
    else:
        assert unnoticed == []


@pytest.mark.parametrize(
    "text",
    [
        '{"campaign_id": "a", "campaign_id": "b"}',
        "[" * 100_000,
        '{"ballots": ' + "9" * 5000 + "}",
        "[]",
        "null",
        '"\\ud800"',
    ],
)
@pytest.mark.parametrize("name", ["campaign", "result", "ballots", "bucket-0001"])
def test_json_that_programs_read_differently_is_a_finding(name, text, tmp_path, capsys):
    folder = all_methods().write(tmp_path)
    (folder / f"{name}.json").write_text(text)
    assert heard(capsys, folder)[0] == 1


@pytest.mark.parametrize("name", ["campaign", "result", "ballots", "bucket-0001"])
def test_a_name_that_stands_twice_is_a_finding(name, tmp_path, capsys):
    path = all_methods().write(tmp_path) / f"{name}.json"
    path.write_text(path.read_text()[:-1] + ', "story": 1, "story": 2}')
    assert "an object has the same name twice" in heard(capsys, tmp_path)[1]


def test_of_very_many_findings_the_first_are_told(tmp_path, capsys):
    made = all_methods()
    made.buckets[0] *= 400
    _, told = heard(capsys, made.write(tmp_path))
    assert len(told.splitlines()) == 501
    assert told.splitlines()[-1].endswith(" more differences")


def test_it_runs_alone_from_any_folder(tmp_path):
    folder = all_methods().write(tmp_path / "saved")
    (tmp_path / "verify.py").write_text(PROGRAM.read_text())
    done = subprocess.run(
        [sys.executable, "-I", "-S", "verify.py", folder], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.splitlines()[0], done.stderr) == (0, "same result", "")


def test_it_shares_no_code_and_speaks_an_old_python():
    tree = ast.parse(PROGRAM.read_text(), feature_version=(3, 9))
    plain = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    named = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in plain | named} <= sys.stdlib_module_names


def test_burlington_2009(elections, tmp_path, capsys):
    """Montroll beats each other one to one, Kiss won the instant runoff with the counts that the city published."""
    votes: list[Any] = []
    for line in (elections / "burl2009.abif").read_text().splitlines():
        weight, colon, order = line.partition(":")
        if colon and weight.isdigit():
            votes += [{"f": [group.split("=") for group in order.split(">")]}] * int(weight)
    options = ["Kiss", "Montroll", "Simpson", "Smith", "Wright", "Write-in"]
    decided = {"voters": 0, "ranking": options, "kept": [], "decided_by": "keep", "ties": []}
    made = election([feature("f", "ranked", options)], votes, {"f": decided})
    _, told = heard(capsys, made.write(tmp_path))
    assert "feature f: the result says Kiss won, the ballots say Montroll" in told
