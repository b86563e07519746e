"""RESULTS.md from the figures: a section for each bench, with its command, what is measured on what, and a table."""

from collections.abc import Iterable
from types import ModuleType
from typing import Any

Results = dict[str, Any]

HEAD = """# Measured figures

Written by `python -m benchmarks`; the same figures stand in results.json. Times are ratios within one run, since a
machine's seconds mean nothing on another.
"""


def text(results: Results, benches: Iterable[ModuleType]) -> str:
    return HEAD + "".join(_section(results, bench) for bench in benches)


def _section(results: Results, bench: ModuleType) -> str:
    """A bench may bring its own `table(results)`; else its figures are where its docstring says."""
    name = bench.__name__.rpartition(".")[2]
    about = " ".join((bench.__doc__ or "").partition("\n\n")[0].split())
    lines = ["", f"## {name}", "", f"`python -m benchmarks {name}`: {about}", ""]
    if hasattr(bench, "table"):
        lines += [*bench.table(results), ""]
    return "\n".join(lines)


def table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> list[str]:
    """A table in Markdown."""
    every = [list(heads), *([str(cell) for cell in row] for row in rows)]
    marked = [f"| {' | '.join(row)} |" for row in every]
    return [marked[0], "|---" * len(every[0]) + "|", *marked[1:]]
