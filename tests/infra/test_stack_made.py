"""The stack as an engine makes it: first without an API, then with one, in production; and read back from there."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
import urllib3

from infra.local import engine, environment, page, resources

NAME = "groundswell-test"
FIRST = {"Stage": "test"}
SECOND = {
    "Stage": "test",
    "Production": "yes",
    "ApiId": "abc123",
    "SignUpFunction": "groundswell-test-remember_sign_up",
    "AlarmEmail": "olga@example.org",
    "WritesPerAddress": "900",
}
# The look of the sign-in page, and that a firewall stands before the API.
UNKNOWN = {"AWS::Cognito::ManagedLoginBranding", "AWS::WAFv2::WebACLAssociation"}

pytestmark = pytest.mark.skipif(
    not environment.ENGINE_PYTHON.exists(), reason="the local engine is not installed: `make .engine/ready` does it"
)


def as_the_engine_takes_it(template: dict[str, Any]) -> str:
    """Without what the engine does not know, and with alarms over several metrics told by the first of them."""
    kept = {key: it for key, it in template["Resources"].items() if it["Type"] not in UNKNOWN}
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

    def trigger(self, outputs: dict[str, str]) -> str | None:
        pool = self.client("cognito-idp").describe_user_pool(UserPoolId=outputs["UserPoolId"])["UserPool"]
        told: str | None = pool.get("LambdaConfig", {}).get("PostConfirmation")
        return told

    def firewalls(self) -> list[dict[str, Any]]:
        """As they stand there: of a text that is sought, boto3 wants the Base64 that the engine does not make."""
        listed = self._of_firewalls("ListWebACLs", Scope="REGIONAL")["WebACLs"]
        asked = [{"Name": it["Name"], "Id": it["Id"], "Scope": "REGIONAL"} for it in listed]
        return [self._of_firewalls("GetWebACL", **one)["WebACL"] for one in asked]

    def _of_firewalls(self, operation: str, **asked: str) -> dict[str, Any]:
        scope = f"AWS4-HMAC-SHA256 Credential=000000000000/20261121/{environment.REGION}/wafv2/aws4_request"
        headers = {"X-Amz-Target": f"AWSWAF_20190729.{operation}", "Authorization": scope}
        found: dict[str, Any] = urllib3.request("POST", self.url, json=asked, headers=headers).json()
        return found

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
    return {
        "outputs": outputs,
        "sign_in": stack.sign_in(outputs),
        "alarms": stack.alarms(),
        "trigger": stack.trigger(outputs),
        "firewalls": stack.firewalls(),
    }


@pytest.fixture(scope="module")
def outputs(stack: Stack, first: dict[str, Any]) -> dict[str, str]:
    """After the second."""
    return stack.apply(SECOND)


def test_without_an_api_there_is_neither_a_cdn_nor_an_alarm_about_it(first: dict[str, Any]) -> None:
    assert not {"DistributionId", "PageUrl"} & set(first["outputs"])
    assert first["sign_in"]["CallbackURLs"] == ["http://localhost:8000/"]
    assert not {"ApiFailuresAlarm", "ApiSlowAlarm"} & first["alarms"]
    assert not {name for name in first["alarms"] if name.endswith("ClockAlarm")}


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


def test_sign_ups_are_told_once_there_is_a_function_to_tell(
    stack: Stack, first: dict[str, Any], outputs: dict[str, str]
) -> None:
    assert first["trigger"] is None
    function = f"function:{SECOND['SignUpFunction']}"
    assert stack.trigger(outputs) == f"arn:aws:lambda:us-east-1:000000000000:{function}"


def test_an_account_says_when_it_was_made_and_only_the_trigger_may_write_that(
    stack: Stack, outputs: dict[str, str]
) -> None:
    pool = stack.client("cognito-idp").describe_user_pool(UserPoolId=outputs["UserPoolId"])["UserPool"]
    [attribute] = [it for it in pool["SchemaAttributes"] if it["Name"] == "custom:registered_at"]
    assert attribute["Mutable"] is True
    client = stack.sign_in(outputs)
    assert "custom:registered_at" in client["ReadAttributes"]
    assert set(client["WriteAttributes"]) == {"email", "name"}


def test_a_firewall_counts_writes_as_often_as_was_asked_for(first: dict[str, Any], stack: Stack) -> None:
    assert first["firewalls"] == []
    [firewall] = stack.firewalls()
    limits = {it["Name"]: int(it["Statement"]["RateBasedStatement"]["Limit"]) for it in firewall["Rules"]}
    assert limits == {"address-through-cdn": 900, "address-past-cdn": 900, "identity": 60}


def test_the_cdn_tells_the_firewall_who_asks(stack: Stack, outputs: dict[str, str]) -> None:
    cdn = stack.client("cloudfront").get_distribution_config(Id=outputs["DistributionId"])["DistributionConfig"]
    [api] = [it for it in cdn["Origins"]["Items"] if it["Id"] == "api"]
    [header] = api["CustomHeaders"]["Items"]
    stack_id = stack.client("cloudformation").describe_stacks(StackName=NAME)["Stacks"][0]["StackId"]
    assert (header["HeaderName"], header["HeaderValue"]) == ("groundswell-cdn", stack_id.rpartition("/")[2])
    [rule] = [it for it in stack.firewalls()[0]["Rules"] if it["Name"] == "address-through-cdn"]
    assert header["HeaderValue"] in json.dumps(rule["Statement"])


def test_switched_off_the_firewall_goes_and_the_cdn_tells_nothing(stack: Stack, outputs: dict[str, str]) -> None:
    """The last: what stands above is about limits that are on."""
    stack.apply({**SECOND, "RateLimits": "off"})
    assert stack.firewalls() == []
    cdn = stack.client("cloudfront").get_distribution_config(Id=outputs["DistributionId"])["DistributionConfig"]
    assert not [it for it in cdn["Origins"]["Items"] if it.get("CustomHeaders", {}).get("Items")]
    [behaviour] = cdn["CacheBehaviors"]["Items"]
    assert not behaviour.get("FunctionAssociations", {}).get("Items")
