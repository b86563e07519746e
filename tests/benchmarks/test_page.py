"""A first visit is what a voter's browser fetches, not all that was built."""

from pathlib import Path

import pytest

from benchmarks import request_units

BUILT = {
    "index.html": '<script src="/assets/index-1.js"></script><link href="/assets/index-1.css">',
    "assets/index-1.js": 'import{a}from"./shared-1.js";import("./Voting-1.js");import("./OrganisePage-1.js")',
    "assets/index-1.css": "p{}",
    "assets/shared-1.js": "export const a=1",
    "assets/Voting-1.js": 'import"./Picture-1.js";import{a}from"./shared-1.js"',
    "assets/Picture-1.js": "export{}",
    "assets/en-1.js": "export{}",
    "assets/pl-1.js": "export{}",
    "assets/OrganisePage-1.js": "export{}",
}


def test_it_counts_what_is_named_and_imported_and_no_other_part(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    for name, content in BUILT.items():
        (tmp_path / name).write_text(content)
    found = request_units.page(tmp_path)
    (tmp_path / "assets/OrganisePage-1.js").write_text("x" * 1000)
    assert found["files"] == len(BUILT) - 2
    assert request_units.page(tmp_path) == found


def test_without_a_built_page_there_is_no_figure(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="make page"):
        request_units.page(tmp_path)
