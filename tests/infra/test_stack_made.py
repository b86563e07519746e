"""The stack as an engine makes it: first without an API, then with one, in production; and read back from there."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from infra.local import engine, environment, page, resources

NAME = "groundswell-test"
FIRST = {"Stage": "test"}
SECOND = {"Stage": "test", "Production": "yes", "ApiId": "abc123", "AlarmEmail": "olga@example.org"}

pytestmark = pytest.mark.skipif(
    not environment.ENGINE_PYTHON.exists(), reason="the local engine is not installed: `make .engine/ready` does it"
)


def as_the_engine_takes_it(template: dict[str, Any]) -> str:
    """Without the look of the sign-in page, which the engine does not know, and with alarms over several metrics told
    by the first of them."""
    kept = {key: it for key, it in template["Resources"].items() if it["Type"] != "AWS::Cognito::ManagedLoginBranding"}
    for alarm in (it["Properties"] for it in kept.values() if "Metrics" in it.get("Properties", {})):
        first = next(it["MetricStat"] for it in alarm.pop("Metrics") if "MetricStat" in it)
        alarm |= {**first["Metric"], "Statistic": first["Stat"], "Period": first["Period"]}
    return json.dumps({**template, "Resources": kept}, separators=(",", ":"))


class Stack:
    """One stage in a running engine."""

    def __init__(self, url: str) -> None:
        self.url = url

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=environment.REGION,
            aws_access_key_id="000000000000",
            aws_secret_access_key="local",
        )

    def apply(self, parameters: dict[str, str]) -> dict[str, str]:
        """Creates or updates; answers the outputs."""
        cloudformation = self.client("cloudformation")
        there = cloudformation.describe_stacks()["Stacks"]
        (cloudformation.update_stack if there else cloudformation.create_stack)(
            StackName=NAME,
            TemplateBody=as_the_engine_takes_it(resources.template()),
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
            Capabilities=["CAPABILITY_IAM"],
        )
        while True:
            stack = cloudformation.describe_stacks(StackName=NAME)["Stacks"][0]
            if not stack["StackStatus"].endswith("_IN_PROGRESS"):
                break
            time.sleep(0.1)
        assert stack["StackStatus"] in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}, stack.get("StackStatusReason")
        return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}

    def sign_in(self, outputs: dict[str, str]) -> dict[str, Any]:
        asked = {"UserPoolId": outputs["UserPoolId"], "ClientId": outputs["UserPoolClientId"]}
        client: dict[str, Any] = self.client("cognito-idp").describe_user_pool_client(**asked)["UserPoolClient"]
        return client

    def alarms(self) -> set[str]:
        found = self.client("cloudwatch").describe_alarms(AlarmNamePrefix=NAME)["MetricAlarms"]
        return {alarm["AlarmName"].removeprefix(f"{NAME}-").rpartition("-")[0] for alarm in found}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    log: Path = tmp_path_factory.mktemp("engine") / "engine.log"
    with engine.running(log) as url:
        yield Stack(url)


@pytest.fixture(scope="module")
def first(stack: Stack) -> dict[str, Any]:
    """What the first deployment finds, before there is an API."""
    outputs = stack.apply(FIRST)
    return {"outputs": outputs, "sign_in": stack.sign_in(outputs), "alarms": stack.alarms()}


@pytest.fixture(scope="module")
def outputs(stack: Stack, first: dict[str, Any]) -> dict[str, str]:
    """After the second."""
    return stack.apply(SECOND)


def test_without_an_api_there_is_neither_a_cdn_nor_an_alarm_about_it(first: dict[str, Any]) -> None:
    assert not {"DistributionId", "PageUrl"} & set(first["outputs"])
    assert first["sign_in"]["CallbackURLs"] == ["http://localhost:8000/"]
    assert not {"ApiFailuresAlarm", "ApiSlowAlarm", "VotingClockAlarm", "BatchClockAlarm"} & first["alarms"]


def test_the_second_time_everything_else_stays_what_it_was(first: dict[str, Any], outputs: dict[str, str]) -> None:
    assert {key: outputs[key] for key in first["outputs"]} == first["outputs"]


def test_page_and_api_share_one_origin(stack: Stack, outputs: dict[str, str]) -> None:
    cdn = stack.client("cloudfront").get_distribution_config(Id=outputs["DistributionId"])["DistributionConfig"]
    origins = {origin["Id"]: origin["DomainName"] for origin in cdn["Origins"]["Items"]}
    assert origins["api"] == "abc123.execute-api.us-east-1.amazonaws.com"
    assert origins["page"].startswith(f"{outputs['PageBucket']}.s3.")
    shown, (api,) = cdn["DefaultCacheBehavior"], cdn["CacheBehaviors"]["Items"]
    assert (shown["TargetOriginId"], shown["ViewerProtocolPolicy"]) == ("page", "redirect-to-https")
    assert (api["PathPattern"], api["TargetOriginId"], api["ViewerProtocolPolicy"]) == ("/api/*", "api", "https-only")
    assert set(api["AllowedMethods"]["Items"]) == {"GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"}
    assert shown["CachePolicyId"] != api["CachePolicyId"]


def test_the_cdn_sends_the_policy_that_the_local_page_is_held_to(stack: Stack, outputs: dict[str, str]) -> None:
    cloudfront = stack.client("cloudfront")
    cdn = cloudfront.get_distribution_config(Id=outputs["DistributionId"])["DistributionConfig"]
    sent = cloudfront.get_response_headers_policy(Id=cdn["DefaultCacheBehavior"]["ResponseHeadersPolicyId"])
    headers = sent["ResponseHeadersPolicy"]["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    config = {"sign_in": {"way": "user_pool", "domain": outputs["SignInDomain"]}}
    assert headers["ContentSecurityPolicy"]["ContentSecurityPolicy"] == page.policy(config)
    assert headers["StrictTransportSecurity"]["AccessControlMaxAgeSec"] == 365 * 24 * 3600
    assert (headers["FrameOptions"]["FrameOption"], headers["ReferrerPolicy"]["ReferrerPolicy"]) == (
        "DENY",
        "same-origin",
    )


def test_only_our_distribution_reads_the_page(stack: Stack, outputs: dict[str, str]) -> None:
    s3 = stack.client("s3")
    for bucket in (outputs["PageBucket"], outputs["ExportsBucket"]):
        blocked = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
        assert blocked == dict.fromkeys(blocked, True)
        assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    statements = json.loads(s3.get_bucket_policy(Bucket=outputs["PageBucket"])["Policy"])["Statement"]
    (allowed,) = [statement for statement in statements if statement["Effect"] == "Allow"]
    assert allowed["Condition"]["StringEquals"]["aws:SourceArn"].endswith(f":distribution/{outputs['DistributionId']}")
    assert (allowed["Action"], allowed["Resource"]) == ("s3:GetObject", f"arn:aws:s3:::{outputs['PageBucket']}/*")


def test_in_production_table_and_people_are_protected(stack: Stack, outputs: dict[str, str]) -> None:
    table = stack.client("dynamodb").describe_table(TableName=outputs["TableName"])["Table"]
    assert table["DeletionProtectionEnabled"] is True
    pool = stack.client("cognito-idp").describe_user_pool(UserPoolId=outputs["UserPoolId"])["UserPool"]
    assert pool["DeletionProtection"] == "ACTIVE"


def test_people_sign_in_with_a_code_by_e_mail_at_the_managed_login(stack: Stack, outputs: dict[str, str]) -> None:
    cognito = stack.client("cognito-idp")
    pool = cognito.describe_user_pool(UserPoolId=outputs["UserPoolId"])["UserPool"]
    assert "EMAIL_OTP" in pool["Policies"]["SignInPolicy"]["AllowedFirstAuthFactors"]
    assert pool["UserPoolTier"] == "ESSENTIALS"
    client = stack.sign_in(outputs)
    assert (client["AllowedOAuthFlows"], client["AllowedOAuthFlowsUserPoolClient"]) == (["code"], True)
    assert set(client["ExplicitAuthFlows"]) == {"ALLOW_USER_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"}
    # In production nobody is sent back to a page on somebody's machine.
    assert client["CallbackURLs"] == client["LogoutURLs"] == [f"{outputs['PageUrl']}/"]
    domain = cognito.describe_user_pool_domain(Domain=outputs["SignInDomain"].partition(".")[0])["DomainDescription"]
    assert domain["UserPoolId"] == outputs["UserPoolId"]


def test_with_an_api_every_alarm_is_there(stack: Stack, first: dict[str, Any], outputs: dict[str, str]) -> None:
    alarms = {key for key, it in resources.template()["Resources"].items() if it["Type"] == "AWS::CloudWatch::Alarm"}
    assert stack.alarms() == alarms
    assert first["alarms"] < alarms
    told = stack.client("sns").list_subscriptions_by_topic(TopicArn=outputs["AlarmTopicArn"])["Subscriptions"]
    assert [subscription["Endpoint"] for subscription in told] == ["olga@example.org"]
