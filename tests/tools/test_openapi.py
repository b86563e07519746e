"""The written description is compared with the one that the models give."""

from pathlib import Path

import pytest

from tools import openapi


def test_a_fresh_file_passes_and_a_stale_or_missing_one_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "openapi.json"
    assert openapi.check("{}", file) == 1
    file.write_text("{}")
    assert openapi.check("{}", file) == 0
    assert openapi.check("{ }", file) == 1
    assert "make openapi" in capsys.readouterr().err


def test_the_text_describes_the_app() -> None:
    assert '"/v1/campaigns/{campaign_id}/preorders"' in openapi.text()
