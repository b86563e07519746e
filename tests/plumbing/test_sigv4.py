"""Our signature is botocore's, letter for letter."""

from datetime import UTC, datetime

import time_machine
from botocore import credentials
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.plumbing import sigv4
from chalicelib.plumbing.sigv4 import Credentials

KEYS = st.text("abcDEF0123/+", min_size=1, max_size=40)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2090, 1, 1)).map(lambda naive: naive.replace(tzinfo=UTC))
HOST = "dynamodb.eu-central-1.amazonaws.com"
HEADERS = {"content-type": "application/x-amz-json-1.0", "host": HOST, "x-amz-target": "DynamoDB_20120810.PutItem"}


def theirs(body: bytes, who: Credentials, now: datetime) -> str:
    request = AWSRequest("POST", f"https://{HOST}/", headers=dict(HEADERS), data=body)
    known = credentials.Credentials(who.access_key, who.secret_key, who.token)
    with time_machine.travel(now, tick=False):
        SigV4Auth(known, who.service, who.region).add_auth(request)
    return request.headers["Authorization"]


@given(st.binary(max_size=200), KEYS, KEYS, st.none() | KEYS, MOMENTS)
def test_every_request_is_signed_as_botocore_signs_it(body, access_key, secret_key, token, now):
    who = Credentials(access_key, secret_key, token, "eu-central-1", "dynamodb")
    assert sigv4.signed(HEADERS, body, who, now)["authorization"] == theirs(body, who, now)


def test_neither_secret_nor_token_is_ever_printed():
    assert repr(Credentials("AKIA", "hush", "quiet", "eu-central-1", "dynamodb")) == (
        "Credentials(access_key='AKIA', region='eu-central-1', service='dynamodb')"
    )
