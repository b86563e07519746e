"""Runs the benches and writes what they found: results.json for programs, RESULTS.md for people.

python -m benchmarks            all of them
python -m benchmarks init       one; what is known of the others stays
"""

import argparse
import importlib
import json
from pathlib import Path

from benchmarks import report

# Each is a module here with `run() -> dict`; what it answers goes to the top level of results.json.
BENCHES = (
    *("init", "request_units", "casting", "fold_schedules", "recounting", "key_heat"),
    *("selling", "selling_for_real", "ordering", "stepping"),
)
FOLDER = Path(__file__).parent


def main(arguments: list[str] | None = None, *, folder: Path = FOLDER) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("benches", nargs="*", choices=[*BENCHES, []], default=[], help="all, when none is named")
    asked = parser.parse_args(arguments).benches or BENCHES
    results = folder / "results.json"
    known = json.loads(results.read_text()) if results.exists() else {}
    for name in asked:
        # One at a time, and only those asked for: the measuring of one must not load what another needs.
        known |= importlib.import_module(f"benchmarks.{name}").run()
        known["benches"] = sorted({*known.get("benches", []), name})
        results.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n")
    measured = [importlib.import_module(f"benchmarks.{name}") for name in BENCHES if name in known["benches"]]
    (folder / "RESULTS.md").write_text(report.text(known, measured))
    print(f"wrote {results} and RESULTS.md beside it")


if __name__ == "__main__":
    main()
