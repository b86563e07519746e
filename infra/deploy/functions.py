"""The functions, the API, the schedules: everything that `chalice deploy` makes."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from infra.deploy import config, package, policies, record, say
from infra.deploy.account import Account, code_of
from infra.deploy.names import NotPossible, Stage
from infra.local import environment

BUILD = environment.ROOT / "build"
LOG_DAYS = 30
LATE_SECONDS = 20


def project_of(stage: Stage) -> Path:
    """Where the stage's Chalice project is built."""
    return BUILD / stage.name


def keep_logs(account: Account, stage: Stage) -> None:
    """A log group for every function, with its retention. Before the functions: their roles may not create groups."""
    logs = account.client("logs")
    for handler in sorted(policies.functions()):
        try:
            logs.create_log_group(logGroupName=stage.log_group(handler), tags={"groundswell-stage": stage.name})
        except ClientError as problem:
            if code_of(problem) != "ResourceAlreadyExistsException":
                raise
        logs.put_retention_policy(logGroupName=stage.log_group(handler), retentionInDays=LOG_DAYS)
    say.line(f"{len(policies.functions())} log groups, kept for {LOG_DAYS} days")


def deploy(account: Account, stage: Stage, outputs: dict[str, str], extra: dict[str, str]) -> str:
    """Packages and runs `chalice deploy`. Answers the REST API's id. Raises NotPossible when Chalice fails."""
    project = project_of(stage)
    package.build(environment.ROOT, project)
    config.write(project, stage, config.values(account, stage, outputs), extra)
    _deploy_patiently(account, stage, project)
    found = record.apis(account, stage)
    if len(found) != 1:
        raise NotPossible(f"There should be one REST API for {stage.stack}, but there are {len(found)}: {found}.")
    return found[0]


def _deploy_patiently(account: Account, stage: Stage, project: Path) -> None:
    """Once more after a failure: a new role's permission to read the stream reaches Lambda late, and Chalice does not
    take that refusal for one that passes."""
    write_record(account, stage)
    try:
        _chalice(account, project, "deploy", stage)
    except NotPossible:
        say.line(f"once more in {LATE_SECONDS} s: what a new role may do is known everywhere only then")
        time.sleep(LATE_SECONDS)
        write_record(account, stage)
        _chalice(account, project, "deploy", stage)


def write_record(account: Account, stage: Stage) -> dict[str, Any]:
    """What Chalice believes to have deployed, as it is in the account. Surplus APIs of an interrupted run go."""
    for surplus in record.apis(account, stage)[1:]:
        say.line(f"an interrupted run left a second API behind: deleting {surplus}")
        account.client("apigateway").delete_rest_api(restApiId=surplus)
    found = record.read(account, stage, policies.functions())
    folder = project_of(stage) / ".chalice" / "deployed"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{stage.name}.json").write_text(json.dumps(found, indent=2) + "\n")
    return found


def delete(account: Account, stage: Stage) -> None:
    """Runs `chalice delete` on what the account holds."""
    project = project_of(stage)
    (project / ".chalice").mkdir(parents=True, exist_ok=True)
    if not write_record(account, stage)["resources"]:
        say.line("nothing there")
        return
    # Deleting needs no app, but Chalice wants a project to stand in.
    minimal = {"version": "2.0", "app_name": "groundswell", "stages": {stage.name: {}}}
    (project / ".chalice" / "config.json").write_text(json.dumps(minimal))
    (project / "app.py").write_text('from chalice import Chalice\n\napp = Chalice(app_name="groundswell")\n')
    _chalice(account, project, "delete", stage)


def _chalice(account: Account, project: Path, verb: str, stage: Stage) -> None:
    chalice = [str(Path(sys.executable).with_name("chalice"))]
    if account.emulator:
        chalice = [sys.executable, "-m", "infra.emulators.quick_chalice"]
    command = [*chalice, "--project-dir", str(project), verb, "--stage", stage.name]
    ended = subprocess.run(command, check=False, env=environment.inherited(AWS_DEFAULT_REGION=account.region))
    if ended.returncode:
        raise NotPossible(
            f"`chalice {verb}` ended with status {ended.returncode}: see above. Mend it and run this again."
        )
