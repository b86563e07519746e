"""The runbook leaves nobody alone with an alarm, and names commands that are there."""

import re
from pathlib import Path

import pytest

from infra.local import environment, resources

RUNBOOK = (environment.ROOT / "docs" / "RUNBOOK.md").read_text()
ALARMS = [name for name, it in resources.template()["Resources"].items() if it["Type"] == "AWS::CloudWatch::Alarm"]


@pytest.mark.parametrize("alarm", ALARMS)
def test_every_alarm_is_explained(alarm: str) -> None:
    [row] = [line for line in RUNBOOK.splitlines() if line.startswith(f"| {alarm} |")]
    assert all(len(cell.strip()) > 5 for cell in row.split("|")[1:4])


def test_no_alarm_is_explained_that_does_not_exist() -> None:
    assert set(re.findall(r"^\| (\w+Alarm) \|", RUNBOOK, re.MULTILINE)) == set(ALARMS)


@pytest.mark.parametrize("target", sorted(set(re.findall(r"`make ([a-z-]+)", RUNBOOK))))
def test_every_make_target_is_there(target: str) -> None:
    makefile = Path(environment.ROOT / "Makefile").read_text()
    assert re.search(rf"^{target}:", makefile, re.MULTILINE)


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`?((?:tests|docs|infra)/[\w/]+\.\w+)", RUNBOOK))))
def test_every_file_that_is_named_is_there(path: str) -> None:
    assert (environment.ROOT / path).exists()
