"""The import contracts and the banned names hold, and refuse what they are there to refuse."""

from pathlib import Path

import pytest

from tests.architecture.tree import Copy, copied_to

DOWNHILL = "Downhill only"
PURE = "Rules and models are pure"
NEIGHBOURS = "Nobody calls a neighbour's actions or doors"

# What is planted where, and the contract that must say so.
VIOLATIONS = {
    "an upward import": ("campaigns/actions.py", "from chalicelib.batches import store as _", DOWNHILL),
    "plumbing that knows a slice": ("plumbing/door.py", "from chalicelib.campaigns import model as _", DOWNHILL),
    "two slices of one level": ("preorders/actions.py", "from chalicelib.ballots import store as _", DOWNHILL),
    "a new folder without a place": ("rewards/model.py", "POINTS = 1", DOWNHILL),
    "a new module without a place": ("tasks.py", "COUNT = 1", DOWNHILL),
    "an import inside a function": (
        "campaigns/actions.py",
        "def late() -> object:\n    from chalicelib.batches import store\n\n    return store",
        DOWNHILL,
    ),
    "a neighbour's actions": (
        "preorders/actions.py",
        "from chalicelib.batches import actions as _",
        f"{NEIGHBOURS} (batches)",
    ),
    "a neighbour's actions from a store": (
        "ballots/store.py",
        "from chalicelib.campaigns import actions as _",
        f"{NEIGHBOURS} (campaigns)",
    ),
    "a neighbour's door": ("stream.py", "from chalicelib.campaigns import api as _", f"{NEIGHBOURS} (campaigns)"),
    "a payment behind its slice's back": (
        "preorders/actions.py",
        "from chalicelib.payments import mending as _",
        f"{NEIGHBOURS} (payments)",
    ),
    "a rule that reaches for plumbing": ("batches/rules.py", "from chalicelib.plumbing import clock as _", PURE),
    "a model that reaches for AWS": ("campaigns/model.py", "import boto3 as _", PURE),
    "a price that calls out": ("campaigns/prices.py", "import urllib3 as _", PURE),
    "a kernel that knows chalice": ("kernel/ids.py", "from chalice import app as _", PURE),
    "a rule that reaches plumbing through a store": (
        "preorders/rules.py",
        "from chalicelib.batches import store as _",
        PURE,
    ),
}


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return copied_to(tmp_path)


def test_the_contracts_hold(copy: Copy):
    done = copy.run("lint-imports", "--no-cache")
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


@pytest.mark.parametrize(("module", "text", "contract"), VIOLATIONS.values(), ids=VIOLATIONS)
def test_a_planted_violation_is_refused_by_its_contract(copy: Copy, module: str, text: str, contract: str):
    copy.plant(module, text)
    done = copy.run("lint-imports", "--no-cache")
    assert done.returncode != 0
    assert contract in done.stdout.partition("Broken contracts")[2], done.stdout


BANNED = {
    "the machine's time": "from datetime import UTC, datetime\n\nNOW = datetime.now(UTC)",
    "the machine's time, otherwise": "import datetime\n\nNOW = datetime.datetime.now(datetime.UTC)",
    "seconds of the machine": "import time\n\nNOW = time.time()",
    "an id of chance": "from uuid import uuid4\n\nNEW = uuid4()",
    "the environment": 'import os\n\nSTAGE = os.environ["STAGE"]',
    "the environment, otherwise": 'from os import getenv\n\nSTAGE = getenv("STAGE")',
    "a patched world": 'from unittest.mock import patch\n\nWORLD = patch("chalicelib")',
}


@pytest.mark.parametrize("text", BANNED.values(), ids=BANNED)
def test_a_banned_name_is_refused_in_a_slice(copy: Copy, text: str):
    """Time, ids, chance and settings come in through ports."""
    (copy.folder / "chalicelib" / "campaigns" / "planted.py").write_text(f"{text}\n")
    done = copy.run("ruff", "check", "--no-cache", "chalicelib/campaigns/planted.py")
    assert done.returncode != 0
    assert "TID251" in done.stdout, done.stdout


def test_the_slices_use_no_banned_name(copy: Copy):
    done = copy.run("ruff", "check", "--no-cache", "--select", "TID251", "chalicelib")
    assert done.returncode == 0, done.stdout
