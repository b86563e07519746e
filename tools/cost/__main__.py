"""Writes docs/COST.md from benchmarks/results.json, infra/stack.yaml and the app's configuration; `--check` only
compares."""

import argparse
import sys
from pathlib import Path

from tools.cost import document, measured

FILE = measured.ROOT / "docs" / "COST.md"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="tools.cost", description="Writes what a stage costs.")
    parser.add_argument("--check", action="store_true", help="only say whether the file is fresh")
    asked = parser.parse_args(arguments)
    try:
        text = document.text(measured.read())
    except FileNotFoundError as missing:
        print(missing, file=sys.stderr)
        return 1
    if asked.check:
        return check(text, FILE)
    FILE.write_text(text)
    print(f"{FILE.name} is written.")
    return 0


def check(fresh: str, file: Path) -> int:
    """0 when the file has this text, 1 with a sentence when it has not."""
    if file.exists() and file.read_text() == fresh:
        return 0
    print(f"docs/{file.name} is not what the figures give: run `make cost` and commit it.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
