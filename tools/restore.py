"""Restores a stage's table as it was, beside the one it has: `python -m tools.restore --stage prod --at TIME`.

The stage goes on with its table until it is deployed with the new one. After an interruption the same command goes on
where it was: a restore under way is waited for.
"""

import argparse
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from infra.deploy import account as account_
from infra.deploy import command, say
from infra.deploy.account import Account, code_of
from infra.deploy.names import NotPossible, Stage
from infra.deploy.stack import Stack

_POLL_SECONDS = 5.0
# For one setting of the new table, as long as another is under way.
_MOST_SECONDS = 30 * 60
_MINUTES = "%Y%m%d%H%M"
# Tables that were restored before carry the moment in their name.
_SUFFIX = re.compile(r"-\d{12}(\d{2})?$")
_NOT_YET = {"ResourceInUseException", "ContinuousBackupsUnavailableException", "LimitExceededException"}


def main() -> int:
    parser = argparse.ArgumentParser(prog="tools.restore", description=__doc__)
    parser.add_argument("--stage", required=True)
    parser.add_argument("--at", required=True, help="the moment, with its offset: 2026-11-21T18:00:00Z")
    asked = parser.parse_args()
    return command.run(lambda: _restore(asked))


def _restore(asked: argparse.Namespace) -> None:
    moment = moment_of(asked.at)
    account, stage = account_.connect(), Stage(asked.stage)
    made = restore(account, Stack(account, stage).outputs()["TableName"], moment)
    say.step(f"{made} is ready; nothing uses it yet")
    say.line(f"to work on it:       make deploy STAGE={stage.name} TABLE={made}")
    say.line(f"then, to catch up:   make redrive STAGE={stage.name} QUEUE=stream FROM_TABLE=1")


def moment_of(text: str) -> datetime:
    """A moment in UTC, in whole seconds. Raises NotPossible for anything without an offset."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise NotPossible(f"{text!r} is no moment: write date, time and offset, such as 2026-11-21T18:00:00Z.")
    return found.astimezone(UTC).replace(microsecond=0)


def restore(account: Account, table: str, moment: datetime, *, poll_seconds: float = _POLL_SECONDS) -> str:
    """Answers the new table's name, once it can take over from `table`. Raises NotPossible."""
    work = _Restore(account.client("dynamodb"), table, target(table, moment), poll_seconds)
    say.step(f"Restoring {table} as it was at {moment.isoformat()} into {work.target}")
    if work.target == table:
        raise NotPossible(f"The stage works on {table} already, which is the table as it was then.")
    there = work.describe(work.target)
    if there is None:
        work.check_window(moment)
        work.begin(moment)
    elif there.get("RestoreSummary", {}).get("SourceTableArn", work.source_arn) != work.source_arn:
        raise NotPossible(f"There is another table {work.target} already, which was not restored from {table}.")
    else:
        say.line("it is there or under way already: going on with it")
    work.wait()
    work.complete()
    return work.target


def target(table: str, moment: datetime) -> str:
    """The same moment always has the same name; seconds are added only where there are any."""
    return f"{_SUFFIX.sub('', table)}-{moment.strftime(_MINUTES + ('%S' if moment.second else ''))}"


@dataclass(frozen=True)
class _Restore:
    client: Any
    source: str
    target: str
    poll_seconds: float

    @property
    def source_arn(self) -> str:
        return str(self.client.describe_table(TableName=self.source)["Table"]["TableArn"])

    def describe(self, table: str) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = self.client.describe_table(TableName=table)["Table"]
        except self.client.exceptions.ResourceNotFoundException:
            return None
        return found

    def check_window(self, moment: datetime) -> None:
        """Raises NotPossible when the table cannot be had as it was then."""
        found = self.client.describe_continuous_backups(TableName=self.source)["ContinuousBackupsDescription"]
        window = found.get("PointInTimeRecoveryDescription", {})
        if window.get("PointInTimeRecoveryStatus") != "ENABLED":
            raise NotPossible(f"{self.source} has no point-in-time recovery, so that nothing can be restored.")
        first = window["EarliestRestorableDateTime"].astimezone(UTC).replace(microsecond=0)
        last = window["LatestRestorableDateTime"].astimezone(UTC).replace(microsecond=0)
        if not first <= moment <= last:
            raise NotPossible(
                f"{self.source} cannot be restored as it was at {moment.isoformat()}: only from {first.isoformat()} to "
                f"{last.isoformat()}, and the end follows the clock by some five minutes."
            )

    def begin(self, moment: datetime) -> None:
        names = {"SourceTableName": self.source, "TargetTableName": self.target}
        self.client.restore_table_to_point_in_time(**names, RestoreDateTime=moment)

    def wait(self) -> None:
        """Until the table can be used. A restore may take hours; how far it is, DynamoDB does not tell."""
        began = time.monotonic()
        with say.bar("seconds of restoring", 0) as progress:
            while not self._usable():
                progress.n = int(time.monotonic() - began)
                progress.refresh()
                time.sleep(self.poll_seconds)

    def _usable(self) -> bool:
        found = self.describe(self.target)
        if found is None:
            raise NotPossible(
                f"{self.target} has gone while it was restored: look at DynamoDB's console, run this again."
            )
        return found["TableStatus"] == "ACTIVE" and not found.get("RestoreSummary", {}).get("RestoreInProgress", False)

    def complete(self) -> None:
        """Switches on what a restore leaves out, as the old table has it. What is so already is left alone."""
        old, new = self.describe(self.source) or {}, self.describe(self.target) or {}
        if (stream := old.get("StreamSpecification")) and new.get("StreamSpecification") != stream:
            self._do("stream", lambda: self.client.update_table(TableName=self.target, StreamSpecification=stream))
        protected = bool(old.get("DeletionProtectionEnabled"))
        if protected != bool(new.get("DeletionProtectionEnabled")):
            change = {"TableName": self.target, "DeletionProtectionEnabled": protected}
            self._do("deletion protection", lambda: self.client.update_table(**change))
        self._copy_expiry()
        if not self._backed_up():
            on = {"PointInTimeRecoveryEnabled": True}
            backups = {"TableName": self.target, "PointInTimeRecoverySpecification": on}
            self._do("point-in-time recovery", lambda: self.client.update_continuous_backups(**backups))
        self._copy_tags(str(old["TableArn"]), str(new["TableArn"]))

    def _backed_up(self) -> bool:
        found = self.client.describe_continuous_backups(TableName=self.target)["ContinuousBackupsDescription"]
        return bool(found.get("PointInTimeRecoveryDescription", {}).get("PointInTimeRecoveryStatus") == "ENABLED")

    def _copy_expiry(self) -> None:
        old, new = (self._expiry(table) for table in (self.source, self.target))
        if old and old != new:
            wanted = {"AttributeName": old, "Enabled": True}
            change = {"TableName": self.target, "TimeToLiveSpecification": wanted}
            self._do(f"expiry by {old}", lambda: self.client.update_time_to_live(**change))

    def _expiry(self, table: str) -> str | None:
        found = self.client.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
        return found.get("AttributeName") if found.get("TimeToLiveStatus") in {"ENABLED", "ENABLING"} else None

    def _copy_tags(self, old_arn: str, new_arn: str) -> None:
        there = self._tags(new_arn)
        if tags := [tag for tag in self._tags(old_arn) if tag not in there]:
            self._do(f"{len(tags)} tags", lambda: self.client.tag_resource(ResourceArn=new_arn, Tags=tags))

    def _tags(self, arn: str) -> list[dict[str, str]]:
        """Without CloudFormation's own, which nobody else may set."""
        pages = self.client.get_paginator("list_tags_of_resource").paginate(ResourceArn=arn)
        return [tag for page in pages for tag in page["Tags"] if not tag["Key"].startswith("aws:")]

    def _do(self, what: str, change: Callable[[], Any]) -> None:
        """One change after the other: DynamoDB refuses one while another is under way."""
        ends = time.monotonic() + _MOST_SECONDS
        while True:
            try:
                change()
            except ClientError as problem:
                if code_of(problem) not in _NOT_YET or time.monotonic() > ends:
                    raise
            else:
                break
            time.sleep(self.poll_seconds)
        self.wait()
        say.line(f"{what}: as it was")


if __name__ == "__main__":
    sys.exit(main())
