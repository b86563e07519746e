"""Which mutants of the money rules no example has noticed, after `mutmut run`.

    python -m tools.mutants [--mutmut PROGRAM] [--accepted FILE]

Ends with 1 when one of them is not accepted, with the reason why nothing can notice it, or when what is accepted is
noticed by now. The mutants' numbers change with every edit, so that one is told by its function and its changed lines.
"""

import argparse
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ACCEPTED = Path(__file__).resolve().parents[1] / "tests" / "mutants.toml"
NOTICED = ("killed", "timeout")
_RESULT = re.compile(r"^ *(?P<name>(?P<module>[\w.]+)\.x_(?P<function>\w+)__mutmut_\d+): (?P<end>.+)$", re.MULTILINE)


@dataclass(frozen=True, order=True)
class Mutant:
    """One line, or several, of a function as they were and as they became."""

    function: str
    was: str
    becomes: str

    def __str__(self) -> str:
        told = [f"-{line}" for line in self.was.splitlines()] + [f"+{line}" for line in self.becomes.splitlines()]
        return "\n    ".join([f"  {self.function}", *told])


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="tools.mutants", description="Says which mutants survive.")
    parser.add_argument("--mutmut", default=".mutmut/bin/mutmut", help="the program that has run")
    parser.add_argument("--accepted", type=Path, default=ACCEPTED, help="the mutants that may survive")
    asked = parser.parse_args(arguments)
    results = list(_RESULT.finditer(_said(asked.mutmut, "results", "--all", "true")))
    if not results:
        print("There are no mutants: run `make mutants`.", file=sys.stderr)
        return 1
    unnoticed = [one for one in results if one["end"] not in NOTICED]
    survivors = Counter(_mutant(one, _said(asked.mutmut, "show", one["name"])) for one in unnoticed)
    accepted = set(_accepted(asked.accepted))
    _print_score(results, unnoticed)
    return _judge(survivors, accepted)


def _said(program: str, *arguments: str) -> str:
    return subprocess.run([program, *arguments], check=True, capture_output=True, text=True).stdout


def _mutant(result: re.Match[str], shown: str) -> Mutant:
    changed = [line for line in shown.splitlines() if line.startswith(("-", "+")) and line[:3] not in ("---", "+++")]
    was, becomes = ("\n".join(line[1:].strip() for line in changed if line[0] == side) for side in "-+")
    return Mutant(f"{result['module']}.{result['function']}", was, becomes)


def _accepted(file: Path) -> Iterator[Mutant]:
    for one in tomllib.loads(file.read_text())["accepted"]:
        if not one["because"].strip():
            raise SystemExit(f"{file.name}: why may a mutant of {one['function']} survive?")
        yield from (Mutant(one["function"], one["was"], becomes) for becomes in one["becomes"])


def _print_score(results: list[re.Match[str]], unnoticed: list[re.Match[str]]) -> None:
    every, missed = (Counter(one["module"] for one in some) for some in (results, unnoticed))
    print(f"{'':34}{'mutants':>8}{'killed':>8}{'survive':>9}")
    for module in sorted(every):
        print(f"{module:34}{every[module]:8}{every[module] - missed[module]:8}{missed[module]:9}")
    killed = len(results) - len(unnoticed)
    print(f"{'all':34}{len(results):8}{killed:8}{len(unnoticed):9}   {killed / len(results):.1%}")


def _judge(survivors: Counter[Mutant], accepted: set[Mutant]) -> int:
    unknown, gone = sorted(survivors.keys() - accepted), sorted(accepted - survivors.keys())
    if unknown:
        print("\nNo example notices these. Write one, or say in tests/mutants.toml why none can:", *unknown, sep="\n")
    if gone:
        print("\nThese do not survive any more. Take them out of tests/mutants.toml:", *gone, sep="\n")
    if not unknown and not gone:
        print("Every survivor is accepted, with its reason, in tests/mutants.toml.")
    return 1 if unknown or gone else 0


if __name__ == "__main__":
    sys.exit(main())
