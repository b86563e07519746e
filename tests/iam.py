"""The little of IAM that is needed here: what it is asked about a call, and what a policy grants."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple

ARN = "arn:aws:{}:us-east-1:123456789012:{}"
PLACE = {"Partition": "aws", "Region": "us-east-1", "Account": "123456789012"}
Request = dict[str, Any]
_IN_TRANSACTION = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}
_ON_KEYS = ("ForAllValues:StringLike", "dynamodb:LeadingKeys")


class Question(NamedTuple):
    """What IAM is asked about one call. `key`: the partition key that it reaches for, in the table itself."""

    action: str
    resource: str
    key: str = ""


class Grant(NamedTuple):
    """One thing that a policy allows: patterns of what a question may name. `key` is "*" without a condition."""

    action: str
    resource: str
    key: str = "*"

    def fits(self, action: str, resource: str) -> bool:
        return self.action == action and like(self.resource, resource)


class Unreadable(BaseException):
    """A policy, or a call, that this does not know how to judge, so that nothing can be promised about it."""


def questions(service: str, operation: str, request: Request) -> list[Question]:
    """What IAM is asked about a call. Raises Unreadable for one that nobody has thought about yet."""
    action = f"{service}:{operation}"
    if action not in ASKED:
        raise Unreadable(f"a new call, {action}: say in tests/iam.py what IAM is asked about it")
    return list(ASKED[action](action, request))


def _about_item(action: str, request: Request) -> Iterator[Question]:
    yield Question(action, _table(request), (request.get("Key") or request["Item"])["pk"]["S"])


def _about_transaction(_action: str, request: Request) -> Iterator[Question]:
    for item in request["TransactItems"]:
        for kind, part in item.items():
            yield from _about_item(f"dynamodb:{_IN_TRANSACTION[kind]}", part)


def _about_query(action: str, request: Request) -> Iterator[Question]:
    if index := request.get("IndexName"):
        yield Question(action, f"{_table(request)}/index/{index}")
    else:
        yield Question(action, _table(request), request["ExpressionAttributeValues"][":pk"]["S"])


def _about_many(action: str, request: Request) -> Iterator[Question]:
    for name, asked in request["RequestItems"].items():
        for key in asked["Keys"]:
            yield Question(action, ARN.format("dynamodb", f"table/{name}"), key["pk"]["S"])


def _about_queue(action: str, request: Request) -> Iterator[Question]:
    name = request.get("QueueName") or request["QueueUrl"].rpartition("/")[2]
    yield Question(action, ARN.format("sqs", name))


def _about_secret(action: str, request: Request) -> Iterator[Question]:
    # The ARN of a secret ends with six characters that Secrets Manager adds to its name.
    yield Question(action, ARN.format("secretsmanager", f"secret:{request['SecretId']}-x1Y2z3"))


def _about_events(action: str, request: Request) -> Iterator[Question]:
    for entry in request["Entries"]:
        yield Question(action, ARN.format("events", f"event-bus/{entry.get('EventBusName', 'default')}"))


def _about_person(action: str, request: Request) -> Iterator[Question]:
    yield Question(action, ARN.format("cognito-idp", f"userpool/{request['UserPoolId']}"))


def _table(request: Request) -> str:
    return ARN.format("dynamodb", f"table/{request['TableName']}")


ASKED: dict[str, Callable[[str, Request], Iterator[Question]]] = {
    **{f"dynamodb:{verb}Item": _about_item for verb in ("Get", "Put", "Update", "Delete")},
    "dynamodb:TransactWriteItems": _about_transaction,
    "dynamodb:Query": _about_query,
    "dynamodb:BatchGetItem": _about_many,
    "sqs:GetQueueUrl": _about_queue,
    "sqs:SendMessage": _about_queue,
    "secretsmanager:GetSecretValue": _about_secret,
    "events:PutEvents": _about_events,
    "cognito-idp:AdminUpdateUserAttributes": _about_person,
}


def grants(document: dict[str, Any]) -> Iterator[Grant]:
    """Each single thing that a policy allows. Raises Unreadable for whatever is not plainly allowing."""
    for statement in document["Statement"]:
        strange = set(statement) - {"Sid", "Effect", "Action", "Resource", "Condition"}
        if strange or statement["Effect"] != "Allow":
            raise Unreadable(f"not a plain permission: {statement}")
        for action in statement["Action"]:
            for resource in statement["Resource"]:
                for key in _leading_keys(statement):
                    yield Grant(action, resource, key)


def _leading_keys(statement: dict[str, Any]) -> list[str]:
    if "Condition" not in statement:
        return ["*"]
    asked = [
        (operator, name, said) for operator, names in statement["Condition"].items() for name, said in names.items()
    ]
    if [(operator, name) for operator, name, _ in asked] != [_ON_KEYS]:
        raise Unreadable(f"a condition that is not judged here: {statement}")
    return list(asked[0][2])


def like(pattern: str, text: str) -> bool:
    """IAM's patterns: `*` is any text, slashes and colons included, `?` any one character."""
    return _compiled(pattern).fullmatch(text) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)
