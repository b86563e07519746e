"""`make template STAGE=dev`: the functions as a template for a pipeline of your own, instead of `chalice deploy`.

Writes sam.json and deployment.zip with `chalice package`; our event-source settings and log groups are merged in. Uses
the outputs of the stage's stack, or those in a file, so that it also runs where there is no account.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from infra import event_sources
from infra.deploy import account as account_
from infra.deploy import command, config, functions, package, policies
from infra.deploy.account import Account
from infra.deploy.names import API_HANDLER, NotPossible, Stage
from infra.deploy.stack import Stack
from infra.local import environment

MERGED = "merged.json"


def main() -> int:
    parser = argparse.ArgumentParser(prog="make template", description=__doc__)
    parser.add_argument("--stage", required=True)
    parser.add_argument("--outputs", type=Path, help="a JSON file with the stack's outputs, and Region and Account")
    parser.add_argument("--to", type=Path, help="the folder to write to; build/<stage>/template without it")
    asked = parser.parse_args()
    return command.run(lambda: _template(asked))


def _template(asked: argparse.Namespace) -> None:
    stage = Stage(asked.stage)
    values = json.loads(asked.outputs.read_text()) if asked.outputs else _of_stack(account_.connect(), stage)
    folder = asked.to or functions.project_of(stage) / "template"
    write(functions.project_of(stage), stage, values, folder)
    print(f"   {folder}: next `aws cloudformation package`, then `... deploy --capabilities CAPABILITY_IAM`")


def write(project: Path, stage: Stage, values: dict[str, str], folder: Path) -> None:
    """Builds the stage's project and packages it. Raises NotPossible when Chalice fails."""
    package.build(environment.ROOT, project)
    config.write(project, stage, values, config.further(values.get("ExtraSettings", "")))
    merged = project / ".chalice" / MERGED
    merged.write_text(json.dumps(additions(stage, values), indent=2))
    chalice = str(Path(sys.executable).with_name("chalice"))
    command = [chalice, "--project-dir", str(project), "package", "--stage", stage.name]
    # Chalice goes into the project before it reads a path.
    command += ["--merge-template", str(merged.resolve()), str(folder.resolve())]
    if subprocess.run(command, check=False, env=environment.inherited(AWS_DEFAULT_REGION=values["Region"])).returncode:
        raise NotPossible("`chalice package` failed: see above.")


def additions(stage: Stage, values: dict[str, str]) -> dict[str, Any]:
    """What Chalice's template lacks, by its logical names: a function's own name, its log, its event source."""
    sources = {source.function: source for source in event_sources.ALL}
    resources: dict[str, Any] = {}
    for handler in policies.functions():
        properties: dict[str, Any] = {"FunctionName": stage.function(handler)}
        if source := sources.get(handler):
            kind = "DynamodbEventSource" if source.filters else "SqsEventSource"
            settings = source.wanted(values["StreamFailuresArn"])
            properties["Events"] = {f"{_logical(handler)}{kind}": {"Properties": settings}}
        group = {"LogGroupName": stage.log_group(handler), "RetentionInDays": functions.LOG_DAYS}
        resources[_logical(handler)] = {"Properties": properties}
        resources[f"{_logical(handler)}Log"] = {"Type": "AWS::Logs::LogGroup", "Properties": group}
    return {"Resources": resources}


def _logical(handler: str) -> str:
    return "APIHandler" if handler == API_HANDLER else "".join(part.capitalize() for part in handler.split("_"))


def _of_stack(account: Account, stage: Stage) -> dict[str, str]:
    return config.values(account, stage, Stack(account, stage).outputs())


if __name__ == "__main__":
    sys.exit(main())
