"""`make destroy STAGE=dev`: takes a stage away, backwards. What deletion protection keeps is named."""

import argparse
import shutil
import sys
import time
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from infra.deploy import account as account_
from infra.deploy import command, functions, gateway, page, policies, record, say
from infra.deploy.account import Account, code_of
from infra.deploy.names import NotPossible, Stage
from infra.deploy.removal import remove
from infra.deploy.stack import Stack

_LATE_SECONDS, _MOST_LOOKS = 2, 10


def main() -> int:
    parser = argparse.ArgumentParser(prog="make destroy", description=__doc__)
    parser.add_argument("--stage", required=True)
    parser.add_argument("--yes", action="store_true", help="do not ask")
    asked = parser.parse_args()
    return command.run(lambda: destroy(account_.connect(), Stage(asked.stage), yes=asked.yes))


def destroy(account: Account, stage: Stage, *, yes: bool) -> list[str]:
    """Takes everything away that is not protected. Answers what stays, in words.

    Raises NotPossible when nobody agrees.
    """
    say.step(f"Stage {stage.name} in {account.region} of account {account.number}: taking it away")
    stack = Stack(account, stage)
    found = stack.describe()
    if (
        found is None
        and not record.functions(account, stage)
        and not record.roles(account, stage, policies.functions())
    ):
        raise NotPossible(f"There is no stage {stage.name!r} in {account.region}. Is the region right?")
    outputs = stack.outputs() if found else {}
    parameters = stack.parameters()
    production = parameters.get("Production") == "yes"
    if production:
        say.line("table and people are protected and stay; groups with their members, and the sign-in, go")
    if not say.agreed(f"Delete the stage {stage.name} with everything that is not protected?", yes=yes):
        raise NotPossible("Nothing was deleted.")

    say.step("Functions, API, schedules, roles")
    functions.delete(account, stage)
    shutil.rmtree(functions.project_of(stage), ignore_errors=True)

    say.step("Secrets, page, stack")
    kept = _forget_secrets(account, outputs.get("WebhookSecretPrefix"), production=production)
    if restored := parameters.get("RestoredTable"):
        kept.append(f"table {restored}: restored, never the stack's. aws dynamodb delete-table --table-name {restored}")
    if found:
        gateway.forget_role(account, outputs.get("GatewayLogRoleArn", ""))
        _empty_buckets(account, outputs, production=production)
        kept += remove(stack)
    forget_logs(account, stage)
    say.step(f"Stage {stage.name} is gone" + (", except:" if kept else ", nothing is left"))
    for one in kept:
        say.line(one)
    return kept


def forget_logs(account: Account, stage: Stage, pause: Callable[[], None] = lambda: time.sleep(_LATE_SECONDS)) -> None:
    """Until a second look finds none: a function that ran while it was deleted writes its log later."""
    logs = account.client("logs")
    for _ in range(_MOST_LOOKS):
        found = _log_groups(logs, stage)
        if not found:
            break
        for name in found:
            _delete_log_group(logs, name)
        pause()
    say.line("the functions' logs are deleted")


def _log_groups(logs: Any, stage: Stage) -> list[str]:
    own = f"/aws/lambda/{stage.stack}"
    found = [
        group["logGroupName"]
        for prefix in (own, f"/aws/lambda/{stage.prefix}")
        for group in logs.describe_log_groups(logGroupNamePrefix=prefix)["logGroups"]
    ]
    return [name for name in found if name == own or name.startswith(f"/aws/lambda/{stage.prefix}")]


def _forget_secrets(account: Account, prefix: str | None, *, production: bool) -> list[str]:
    """Webhook secrets: at once, in production after 30 days in which they can be restored."""
    if not prefix:
        return []
    client, kept = account.client("secretsmanager"), []
    pages = client.get_paginator("list_secrets").paginate(Filters=[{"Key": "name", "Values": [prefix]}])
    for secret in (one for found in pages for one in found["SecretList"] if one["Name"].startswith(prefix)):
        how = {"RecoveryWindowInDays": 30} if production else {"ForceDeleteWithoutRecovery": True}
        client.delete_secret(SecretId=secret["ARN"], **how)
        if production:
            kept.append(f"secret {secret['Name']}: deleted in 30 days; `aws secretsmanager restore-secret` keeps it")
    return kept


def _empty_buckets(account: Account, outputs: dict[str, str], *, production: bool) -> None:
    """A bucket with something in it cannot be deleted. The page can be made again; exports of production cannot."""
    if bucket := outputs.get("PageBucket"):
        say.line(f"{page.empty(account, bucket)} versions of the page's files deleted")
    bucket = outputs.get("ExportsBucket")
    if bucket and not production:
        page.empty(account, bucket)


def _delete_log_group(logs: Any, name: str) -> None:
    try:
        logs.delete_log_group(logGroupName=name)
    except ClientError as problem:
        if code_of(problem) != "ResourceNotFoundException":
            raise


if __name__ == "__main__":
    sys.exit(main())
