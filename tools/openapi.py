"""Writes docs/openapi.json from the routes and their models; `--check` only compares, for `make check`."""

import argparse
import os
import sys
from pathlib import Path

FILE = Path(__file__).resolve().parents[1] / "docs" / "openapi.json"
# The app reads its settings when it is imported; the description depends on none of them.
SETTINGS = (
    *("STAGE", "TABLE_NAME", "STREAM_ARN", "COUNTING_QUEUE", "PAYMENTS_QUEUE", "FOLLOWING_QUEUE", "ORDERS_QUEUE"),
    *("USER_POOL_ARN", "USER_POOL_CLIENT_ID", "WEBHOOK_SECRET_PREFIX"),
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="tools.openapi", description="Writes the API's description.")
    parser.add_argument("--check", action="store_true", help="only say whether the file is fresh")
    asked = parser.parse_args()
    if asked.check:
        return check(text(), FILE)
    FILE.write_text(text())
    print(f"{FILE.name} is written.")
    return 0


def check(fresh: str, file: Path) -> int:
    """0 when the file has this text, 1 with a sentence when it has not."""
    if file.exists() and file.read_text() == fresh:
        return 0
    print(f"docs/{file.name} does not describe the API as it is: run `make openapi` and commit it.", file=sys.stderr)
    return 1


def text() -> str:
    """The description of the app as it is."""
    os.environ.update({name: "none" for name in SETTINGS if name not in os.environ})  # noqa: TID251
    import app  # noqa: F401, PLC0415 - its imports make the routes known
    from chalicelib.plumbing import openapi  # noqa: PLC0415

    return openapi.text()


if __name__ == "__main__":
    sys.exit(main())
