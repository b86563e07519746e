"""A pool of moto's with the stack's own schema and client, and the trigger as Lambda would call it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import boto3
import pytest
from chalice.test import Client
from moto import mock_aws

from chalicelib.plumbing import ports as ports_
from chalicelib.plumbing import settings
from infra.local import resources
from tests import permissions
from tests.conftest import ENVIRONMENT, groundswell
from tests.hands import HandClock

SIGNED_UP = "PostConfirmation_ConfirmSignUp"


@dataclass
class Pool:
    """The stage's user pool, with one account in it."""

    pool_id: str
    client_id: str
    clock: HandClock
    cognito: Any = field(repr=False)

    def attributes(self) -> dict[str, str]:
        found = self.cognito.admin_get_user(UserPoolId=self.pool_id, Username="ada@example.org")["UserAttributes"]
        return {one["Name"]: one["Value"] for one in found}

    def tell(self, source: str = SIGNED_UP, **attributes: str) -> dict[str, Any]:
        """The event of a trigger, as Cognito sends it."""
        return {
            "version": "1",
            "region": "us-east-1",
            "userPoolId": self.pool_id,
            "userName": "ada@example.org",
            "triggerSource": source,
            "callerContext": {"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": self.client_id},
            "request": {"userAttributes": {**self.attributes(), "cognito:user_status": "CONFIRMED", **attributes}},
            "response": {},
        }

    def call(self, event: dict[str, Any]) -> Any:
        """What the function answers, through JSON as with Lambda."""
        return Client(groundswell).lambda_.invoke("remember_sign_up", json.loads(json.dumps(event))).payload


def made_as_in_the_stack(cognito: Any) -> tuple[str, str]:
    parts = resources.template()["Resources"]
    schema = parts["UserPool"]["Properties"]["Schema"]
    pool_id = cognito.create_user_pool(PoolName="people", Schema=schema)["UserPool"]["Id"]
    allowed = {name: parts["UserPoolClient"]["Properties"][name] for name in ("ReadAttributes", "WriteAttributes")}
    client = cognito.create_user_pool_client(UserPoolId=pool_id, ClientName="page", **allowed)["UserPoolClient"]
    return pool_id, client["ClientId"]


@contextmanager
def pool_with_ada() -> Iterator[Pool]:
    """The stage is the one whose pool this is: the function's policy names it."""
    cognito = boto3.client("cognito-idp")
    pool_id, client_id = made_as_in_the_stack(cognito)
    email = [{"Name": "email", "Value": "ada@example.org"}]
    cognito.admin_create_user(UserPoolId=pool_id, Username="ada@example.org", UserAttributes=email)
    made = Pool(pool_id, client_id, HandClock(), cognito)
    arn = f"arn:aws:cognito-idp:us-east-1:123456789012:userpool/{pool_id}"
    own = settings.read({**ENVIRONMENT, "USER_POOL_ARN": arn})
    permissions.watch(groundswell)
    with ports_.using(replace(ports_.current(), clock=made.clock, settings=own)):
        yield made


@pytest.fixture
def pool() -> Iterator[Pool]:
    with mock_aws(), pool_with_ada() as made:
        yield made
