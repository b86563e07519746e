"""The functions as a template: `chalice package` with our settings merged in, clean to cfn-lint."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from infra import event_sources
from infra.deploy import functions, policies, template
from infra.deploy.names import Stage
from tests.infra.stack_template import of_type

OUTPUTS = Path(__file__).with_name("example_outputs.json")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("package")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        template.write(Path("project"), Stage("check"), json.loads(OUTPUTS.read_text()), Path("template"))
    return place / "template"


@pytest.fixture(scope="module")
def made(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "sam.json").read_text())
    return found


def test_cfn_lint_finds_nothing(folder: Path) -> None:
    command = [str(Path(sys.executable).with_name("cfn-lint")), str(folder / "sam.json")]
    found = subprocess.run(command, check=False, capture_output=True, text=True)
    assert found.returncode == 0, found.stdout


def test_every_function_has_its_own_role_and_a_log_that_forgets(made: dict[str, Any]) -> None:
    roles = [it["Role"]["Fn::GetAtt"][0] for it in of_type(made, "Serverless::Function").values()]
    assert len(roles) == len(set(roles)) == len(policies.functions())
    logs = {group["LogGroupName"]: group["RetentionInDays"] for group in of_type(made, "Logs::LogGroup").values()}
    names = {it["FunctionName"] for it in of_type(made, "Serverless::Function").values()}
    assert logs == {f"/aws/lambda/{name}": functions.LOG_DAYS for name in names}


@pytest.mark.parametrize("source", event_sources.ALL, ids=lambda source: source.function)
def test_event_sources_have_the_settings_of_a_deployment(
    made: dict[str, Any], source: event_sources.EventSource
) -> None:
    function = made["Resources"][source.function.capitalize()]["Properties"]
    (event,) = function["Events"].values()
    wanted = source.wanted(json.loads(OUTPUTS.read_text())["StreamFailuresArn"])
    assert {name: event["Properties"][name] for name in wanted} == wanted
    assert event["Properties"].get("StartingPosition", "TRIM_HORIZON") == "TRIM_HORIZON"
    assert event["Type"] == ("DynamoDB" if source.filters else "SQS")
