"""Delivers again what was given up: `python -m tools.redrive --stage dev --queue orders`.

Safe at any time, also twice.
"""

import argparse
import sys

from infra.deploy import account as account_
from infra.deploy import command
from infra.deploy.account import Account
from infra.deploy.names import Stage
from infra.deploy.stack import Stack
from tools.redrive import items, letters
from tools.redrive.functions import FailedAgain, Reader
from tools.redrive.letters import DeadLetters
from tools.redrive.pieces import Fate, Redrive

QUEUES = {
    "counting": "CountingQueue",
    "payments": "PaymentsQueue",
    "following": "FollowingQueue",
    "orders": "OrdersQueue",
}
STREAM = "stream"


def main() -> int:
    asked = _asked()
    left: list[int] = []
    return command.run(lambda: left.append(_redrive(asked))) or left[0]


def _redrive(asked: argparse.Namespace) -> int:
    account, stage = account_.connect(), Stage(asked.stage)
    outputs = Stack(account, stage).outputs()
    if asked.queue == STREAM:
        return stream(account, stage, outputs, count=asked.count, from_table=asked.from_table)
    return queue(account, outputs[QUEUES[asked.queue]], count=asked.count)


def queue(account: Account, name: str, *, count: bool) -> int:
    sqs = account.client("sqs")
    dead = letters.of_queue(sqs, name)
    print(f"{dead.count()} dead letters in {dead.name}")
    if not count:
        print(f"{letters.move_back(dead, name)} moved back to {name}")
    return 0


def stream(account: Account, stage: Stage, outputs: dict[str, str], *, count: bool, from_table: bool) -> int:
    dead = DeadLetters(account.client("sqs"), outputs["StreamFailuresArn"].rpartition(":")[2])
    print(f"{dead.count()} given-up pieces of the stream in {dead.name}")
    if count:
        return 0
    functions = account.client("lambda")
    work = Redrive(stage, dead, account.client("dynamodbstreams"), functions, outputs["StreamArn"], print)
    if from_table:
        return _from_table(account, work, outputs)
    fates = work.run()
    left = fates.total() - fates[Fate.DONE]
    print(f"{fates[Fate.DONE]} read again, {left} left")
    if fates[Fate.AGAIN]:
        print("Mend what the function's log names, then run this again: the stream has the records for 24 h.")
    if fates[Fate.GONE] or fates[Fate.FOREIGN]:
        print("What cannot be read any more: the same with --from-table (make: FROM_TABLE=1) rings for every item of")
        print("the table instead and deletes those notes. The live tally heals when its vote is counted.")
    return 1 if left else 0


def _from_table(account: Account, work: Redrive, outputs: dict[str, str]) -> int:
    reader, table = Reader(work.functions, work.stage, "react"), outputs["TableName"]
    try:
        rung = items.ring(account.client("dynamodb"), reader, table=table, stream_arn=work.stream_arn)
    except FailedAgain as problem:
        print(f"{problem}. Mend what its log names, then run this again; no note was deleted.", file=sys.stderr)
        return 1
    print(f"rang for {rung} items of {table}; {work.forget()} notes of lost records deleted")
    return 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tools.redrive", description=__doc__)
    parser.add_argument("--stage", required=True)
    parser.add_argument("--queue", required=True, choices=[*QUEUES, STREAM])
    parser.add_argument("--count", action="store_true", help="only say how many there are")
    parser.add_argument(
        "--from-table",
        action="store_true",
        help="with --queue stream: ring for every item of the table, when the stream cannot tell any more",
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
