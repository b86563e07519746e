"""The small steps of a deployment, each on its own: the page, settings, the look from outside, who is spoken to."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from infra.deploy import __main__ as deploy
from infra.deploy import account as account_
from infra.deploy import config, gateway, page, record, restored, smoke, sources
from infra.deploy.account import Account
from infra.deploy.names import NotPossible, Stage
from infra.local import resources
from tests.conftest import ENVIRONMENT

OUTPUTS = {"PageBucket": "page", "SignInDomain": "sign.example", "UserPoolClientId": "client"}


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, ENVIRONMENT[name])
    with mock_aws():
        boto3.client("s3").create_bucket(Bucket="page")
        boto3.client("s3").put_bucket_versioning(Bucket="page", VersioningConfiguration={"Status": "Enabled"})
        yield account_.connect()


@pytest.fixture
def built(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text('<div id="page"></div>')
    (tmp_path / "assets" / "main-1a2b.js").write_text("1")
    (tmp_path / "assets" / "icon-3c.svg").write_text("<svg/>")
    return tmp_path


# -- the page ------------------------------------------------------------------------------------------------------


def test_what_is_named_is_there_before_what_names_it(account: Account, built: Path) -> None:
    assert page.upload(account, OUTPUTS, built) == [
        "assets/icon-3c.svg",
        "assets/main-1a2b.js",
        "config.json",
        "index.html",
    ]


def test_a_second_upload_sends_only_what_differs(account: Account, built: Path) -> None:
    page.upload(account, OUTPUTS, built)
    assert page.upload(account, OUTPUTS, built) == []
    (built / "index.html").write_text("new")
    assert page.upload(account, OUTPUTS, built) == ["index.html"]


def test_hashed_files_are_kept_for_ever_and_the_others_asked_for_again(account: Account, built: Path) -> None:
    page.upload(account, OUTPUTS, built)
    heads = {key: account.client("s3").head_object(Bucket="page", Key=key) for key in page.wanted(built, OUTPUTS)}
    assert heads["assets/main-1a2b.js"]["CacheControl"] == "public, max-age=31536000, immutable"
    assert heads["assets/main-1a2b.js"]["ContentType"].startswith("text/javascript")
    assert heads["assets/icon-3c.svg"]["ContentType"] == "image/svg+xml"
    assert {heads[key]["CacheControl"] for key in ("index.html", "config.json")} == {"no-cache"}
    assert heads["index.html"]["ContentType"] == "text/html; charset=utf-8"


def test_the_page_is_told_where_its_api_and_its_sign_in_are(account: Account, built: Path) -> None:
    page.upload(account, OUTPUTS, built)
    told = json.loads(account.client("s3").get_object(Bucket="page", Key="config.json")["Body"].read())
    assert told == {"api": "/api", "sign_in": {"way": "user_pool", "domain": "sign.example", "client_id": "client"}}


def test_the_cdn_is_told_anew_of_each_change_and_of_no_other(account: Account, built: Path) -> None:
    cdn = account.client("cloudfront")
    origin = {"Id": "page", "DomainName": "page.s3.amazonaws.com", "S3OriginConfig": {"OriginAccessIdentity": ""}}
    behaviour = {"TargetOriginId": "page", "ViewerProtocolPolicy": "https-only", "CachePolicyId": "x"}
    wanted = {"CallerReference": "once", "Comment": "", "Enabled": True, "DefaultCacheBehavior": behaviour}
    wanted["Origins"] = {"Quantity": 1, "Items": [origin]}
    number = cdn.create_distribution(DistributionConfig=wanted)["Distribution"]["Id"]
    outputs = OUTPUTS | {"DistributionId": number}
    for text in ("one", "one", "two", "one"):
        (built / "index.html").write_text(text)
        page.upload(account, outputs, built)
    told = cdn.list_invalidations(DistributionId=number)["InvalidationList"]["Items"]
    asked = [cdn.get_invalidation(DistributionId=number, Id=one["Id"])["Invalidation"] for one in told]
    # CloudFront takes a reference that it knows for a repetition, whatever the files hold by now.
    assert len({one["InvalidationBatch"]["CallerReference"] for one in asked}) == len(asked) == 3


def test_emptying_a_bucket_takes_old_versions_too(account: Account, built: Path) -> None:
    page.upload(account, OUTPUTS, built)
    (built / "index.html").write_text("new")
    page.upload(account, OUTPUTS, built)
    assert page.empty(account, "page") == 5
    account.client("s3").delete_bucket(Bucket="page")


def test_a_page_that_is_not_built_is_said_before_anything_is_uploaded(account: Account, tmp_path: Path) -> None:
    with pytest.raises(NotPossible, match="make page"):
        page.upload(account, OUTPUTS, tmp_path)


# -- settings ------------------------------------------------------------------------------------------------------


def stack_outputs() -> dict[str, str]:
    found: dict[str, str] = json.loads(Path(__file__).with_name("example_outputs.json").read_text())
    return found


def test_functions_get_the_settings_they_read_and_no_others() -> None:
    told = config.settings(stack_outputs(), {"DRAIN_SECONDS": "3"})
    assert told["DRAIN_SECONDS"] == "3"
    assert told["STAGE"] == "check"
    assert "ACCOUNT" not in told
    assert "TABLE_ARN" not in told


@pytest.mark.parametrize("text", ["DRAIN_SECONDS", "drain_seconds=3", "=3", "A=1 B"])
def test_a_setting_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(NotPossible, match="KEY=VALUE"):
        config.further(text)


def test_a_setting_that_nobody_reads_is_refused_with_those_there_are() -> None:
    with pytest.raises(NotPossible, match=r"DRAIN_SECOND\. .*DRAIN_SECONDS"):
        config.settings(stack_outputs(), {"DRAIN_SECOND": "3"})


def test_a_stack_of_an_older_version_is_told_by_what_it_lacks() -> None:
    outputs = stack_outputs()
    del outputs["OrdersQueue"]
    with pytest.raises(NotPossible, match="ORDERS_QUEUE"):
        config.settings(outputs, {})


def asked_for(*words: str) -> dict[str, str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["deploy", "--stage", "dev", *words])
        return deploy._parameters(deploy._asked(), Stage("dev"))


def test_limits_that_nobody_asks_for_stay_what_they_are() -> None:
    assert asked_for() == {"Stage": "dev"}


def test_limits_are_asked_for_by_their_own_words() -> None:
    words = ["--rate-limits", "off", "--writes-per-address", "900", "--writes-per-identity", "30"]
    limits = {"RateLimits": "off", "WritesPerAddress": "900", "WritesPerIdentity": "30"}
    assert asked_for(*words) == {"Stage": "dev", **limits}
    assert set(limits) <= set(resources.template()["Parameters"])


# -- event sources, gateway ----------------------------------------------------------------------------------------


def test_filters_are_compared_by_meaning() -> None:
    one = {"Filters": [{"Pattern": '{"a": ["x"], "b": ["y"]}'}, {"Pattern": '{"c": ["z"]}'}]}
    other = {"Filters": [{"Pattern": '{"c":["z"]}'}, {"Pattern": '{"b":["y"],"a":["x"]}'}]}
    assert sources.same(one, other)
    assert not sources.same(None, other)
    assert not sources.same({"Filters": other["Filters"][:1]}, other)


def test_lists_of_words_have_no_order_and_missing_settings_differ() -> None:
    assert sources.same(["a", "b"], ["b", "a"])
    assert not sources.same(None, ["b"])
    assert not sources.same(None, 4)
    assert sources.same({"OnFailure": {"Destination": "q"}, "OnSuccess": {}}, {"OnFailure": {"Destination": "q"}})


def test_the_access_log_holds_no_token_no_claim_and_no_body() -> None:
    text = json.dumps(gateway.ACCESS_LOG).lower()
    for word in ("authoriz", "claims", "body", "header", "querystring"):
        assert word not in text


# -- the look from outside -----------------------------------------------------------------------------------------


PROTECTED = {"Strict-Transport-Security": "", "Content-Security-Policy": ""}


class Answer:
    def __init__(self, status: int, data: bytes = b"", **headers: str) -> None:
        self.status, self.data, self.headers = status, data, headers


@pytest.mark.parametrize(
    ("what", "good", "bad"),
    [
        ("the list of campaigns", Answer(200, b'{"items": []}'), Answer(200, b"<html>")),
        ("one's pre-orders without a token", Answer(401), Answer(200, b"{}")),
        ("one's pre-orders with a made-up token", Answer(401), Answer(500)),
        ("an address that is not there", Answer(403), Answer(200)),
        ("a preflight from another site", Answer(200, **{"Access-Control-Allow-Origin": "*"}), Answer(200)),
        ("the page", Answer(200, b'<div id="page">', **PROTECTED), Answer(200, b'<div id="page">')),
        ("the page's configuration", Answer(200, b'{"api": "/api"}'), Answer(403, b"<Error>")),
    ],
)
def test_each_look_knows_good_from_bad(account: Account, what: str, good: Answer, bad: Answer) -> None:
    looks = {look.what: look for look in smoke.looks(account, "abc", "https://page.example")}
    assert looks[what].wrong(good) is None
    assert looks[what].wrong(bad)


def test_with_a_cdn_it_looks_through_it(account: Account) -> None:
    assert {look.url.split("/")[2] for look in smoke.looks(account, "abc", "https://page.example")} == {"page.example"}
    without = {look.url.split("/")[2] for look in smoke.looks(account, "abc", None)}
    assert without == {"abc.execute-api.us-east-1.amazonaws.com"}


def test_all_that_is_wrong_is_told_at_once(account: Account) -> None:
    nowhere = "https://127.0.0.1:1"
    quick = {"tries": 1, "pause_seconds": 0.0}
    with pytest.raises(NotPossible, match=r"(?s)list of campaigns.*the page's configuration"):
        smoke.look_from_outside(account, "abc", nowhere, **quick)  # type: ignore[arg-type]


# -- who is spoken to ----------------------------------------------------------------------------------------------


def test_without_credentials_the_next_step_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    with pytest.raises(NotPossible, match=r"no AWS credentials here.*aws sso login"):
        account_.connect()


def test_without_a_region_the_next_step_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(NotPossible, match="REGION=eu-central-1"):
        account_.connect()


def test_a_stage_that_lives_in_another_region_is_not_deployed_twice(account: Account) -> None:
    iam, role = account.client("iam"), Stage("dev").role("api_handler")
    iam.create_role(RoleName=role, AssumeRolePolicyDocument="{}")
    log = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/groundswell-dev:*"
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "logs:*", "Resource": log}]}
    iam.put_role_policy(RoleName=role, PolicyName=role, PolicyDocument=json.dumps(policy))
    with pytest.raises(NotPossible, match=r"lives in eu-west-1, not in us-east-1.*REGION=eu-west-1"):
        deploy.deploy(account, Stage("dev"), {"Stage": "dev"}, yes=True)
    assert record.region_in(policy) == "eu-west-1"


# -- a restored table ----------------------------------------------------------------------------------------------


def test_a_restored_table_needs_its_stream(account: Account) -> None:
    table = {
        "TableName": "restored",
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
    }
    dynamodb = account.client("dynamodb")
    dynamodb.create_table(**table)
    with pytest.raises(NotPossible, match="no stream"):
        restored.parameters(account, "restored")
    stream = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    dynamodb.update_table(TableName="restored", StreamSpecification=stream)
    told: dict[str, Any] = restored.parameters(account, "restored")
    assert told["RestoredTable"] == "restored"
    assert "/stream/" in told["RestoredStreamArn"]
    assert restored.parameters(account, restored.OWN) == {"RestoredTable": "", "RestoredStreamArn": ""}
    assert restored.parameters(account, None) == {}
    with pytest.raises(NotPossible, match="no table nothing"):
        restored.parameters(account, "nothing")
