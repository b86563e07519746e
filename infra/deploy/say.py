"""What the commands say while they work: one line when a step begins, its findings indented below."""

import sys
from typing import Any

from tqdm import tqdm


def step(title: str) -> None:
    print(f"\n== {title}", flush=True)


def line(text: str) -> None:
    print(f"   {text}", flush=True)


def bar(label: str, total: int) -> Any:
    """A progress bar on standard error; it leaves nothing behind."""
    return tqdm(total=total, desc=f"   {label}", unit="", leave=False, file=sys.stderr, disable=None)


def agreed(question: str, *, yes: bool) -> bool:
    """Asks a person. Without one (no terminal) only `yes` agrees."""
    if yes:
        return True
    if not sys.stdin.isatty():
        line(f"{question} Nobody is here to answer: add YES=1 to agree beforehand.")
        return False
    return input(f"   {question} [y/N] ").strip().lower() in {"y", "yes"}
