"""infra/stack.yaml: what has to hold of every stage, read from the template itself."""

import json
import shutil
import subprocess
from typing import Any

import boto3
import pytest
from moto import mock_aws

from chalicelib.plumbing.settings import Settings
from infra.deploy import changes
from infra.local import resources
from tests.infra.stack_template import filled, of_type

MOST_BYTES_WITHOUT_A_BUCKET = 51_200


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return resources.template()


def test_every_setting_that_functions_need_is_an_output(template: dict[str, Any]) -> None:
    told = {resources.setting_name(key) for key in template["Outputs"]}
    needed = {name.upper() for name, field in Settings.model_fields.items() if field.is_required()}
    assert needed | {"EVENT_BUS"} <= told


def test_the_template_can_be_sent_without_a_bucket(template: dict[str, Any]) -> None:
    sent = changes.sent(template)
    assert len(sent.encode()) < MOST_BYTES_WITHOUT_A_BUCKET
    assert json.loads(sent)["Resources"].keys() == template["Resources"].keys()


def test_in_production_nothing_of_the_people_can_be_deleted(template: dict[str, Any]) -> None:
    parts = template["Resources"]
    assert parts["Table"]["Properties"]["DeletionProtectionEnabled"] == {"Fn::If": ["IsProduction", True, False]}
    assert parts["UserPool"]["Properties"]["DeletionProtection"] == {"Fn::If": ["IsProduction", "ACTIVE", "INACTIVE"]}
    for name in ("Table", "UserPool", "ExportsBucket"):
        assert (parts[name]["DeletionPolicy"], parts[name]["UpdateReplacePolicy"]) == ("Delete", "Retain")


def test_no_resource_policy_is_about_anything_but_its_own_resource(template: dict[str, Any]) -> None:
    policies = [
        it["PolicyDocument"]
        for kind in ("S3::BucketPolicy", "SQS::QueuePolicy")
        for it in of_type(template, kind).values()
    ]
    policies += [
        it["ResourcePolicyDocument"]
        for it in of_type(template, "Logs::LogGroup").values()
        if "ResourcePolicyDocument" in it
    ]
    statements = [it.get("Fn::If", [None, it])[1] for policy in policies for it in policy["Statement"]]
    assert len(statements) == 5
    assert not [it for it in statements if it["Resource"] == "*"]
    assert not [
        it for it in statements if it["Effect"] == "Allow" and (it["Principal"] == "*" or "*" in str(it["Action"]))
    ]


def test_no_bucket_is_public_and_each_speaks_tls_only(template: dict[str, Any]) -> None:
    policies = {
        it["Bucket"]["Ref"]: it["PolicyDocument"]["Statement"][0]
        for it in of_type(template, "S3::BucketPolicy").values()
    }
    buckets = of_type(template, "S3::Bucket")
    assert set(buckets) == set(policies) == {"PageBucket", "ExportsBucket"}
    for name, bucket in buckets.items():
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
        assert len(bucket["PublicAccessBlockConfiguration"]) == 4
        assert bucket["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
        assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
        assert (policies[name]["Effect"], policies[name]["Action"]) == ("Deny", "s3:*")
        assert policies[name]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        assert policies[name]["Resource"] == [{"Fn::GetAtt": [name, "Arn"]}, {"Fn::Sub": f"${{{name}.Arn}}/*"}]


def test_every_queue_is_encrypted_and_refuses_plain_http(template: dict[str, Any]) -> None:
    queues = of_type(template, "SQS::Queue")
    assert all(it["SqsManagedSseEnabled"] for it in queues.values())
    (policy,) = of_type(template, "SQS::QueuePolicy").values()
    assert {it["Ref"] for it in policy["Queues"]} == set(queues)


def test_no_answer_to_one_person_can_reach_another(template: dict[str, Any]) -> None:
    (policy,) = of_type(template, "CloudFront::CachePolicy").values()
    key = policy["CachePolicyConfig"]["ParametersInCacheKeyAndForwardedToOrigin"]
    assert "Authorization" in key["HeadersConfig"]["Headers"]
    assert key["QueryStringsConfig"] == {"QueryStringBehavior": "all"}
    (cdn,) = of_type(template, "CloudFront::Distribution").values()
    (api,) = cdn["DistributionConfig"]["CacheBehaviors"]
    assert (api["PathPattern"], api["CachePolicyId"]) == ("/api/*", {"Ref": "ApiCaching"})


def test_no_error_outlives_its_cause_in_the_cdn(template: dict[str, Any]) -> None:
    (cdn,) = of_type(template, "CloudFront::Distribution").values()
    kept = {it["ErrorCode"]: it["ErrorCachingMinTTL"] for it in cdn["DistributionConfig"]["CustomErrorResponses"]}
    assert {404, 500, 502, 503, 504} <= set(kept)
    assert set(kept.values()) == {0}


@pytest.mark.skipif(shutil.which("node") is None, reason="Node runs the CDN's function: install Node 20 or newer")
def test_addresses_that_only_the_page_knows_get_the_page(template: dict[str, Any]) -> None:
    code = template["Resources"]["PageAddresses"]["Properties"]["FunctionCode"]
    asked = ["/", "/campaigns/0190-ab", "/v1.2/campaigns", "/assets/index-Cv.js", "/favicon.svg", "/campaigns/"]
    tell = f"{code}; console.log({json.dumps(asked)}.map(uri => handler({{request: {{uri}}}}).uri).join(' '))"
    told = subprocess.run(["node", "-e", tell], capture_output=True, text=True, check=True, timeout=20)  # noqa: S607
    page = "/index.html"
    assert told.stdout.split() == [page, page, page, "/assets/index-Cv.js", "/favicon.svg", page]


def test_announcements_and_nothing_else_are_traced(template: dict[str, Any]) -> None:
    rule, bus = template["Resources"]["AnnouncementTrace"]["Properties"], "groundswell-test"
    log = filled(template["Resources"]["AnnouncementLog"]["Properties"]["LogGroupName"]["Fn::Sub"])
    assert rule["Targets"][0]["Arn"]["Fn::Sub"].endswith(":log-group:${AnnouncementLog}")
    target = {"Id": "trace", "Arn": f"arn:aws:logs:us-east-1:123456789012:log-group:{log}"}
    said = {"EventBusName": bus, "DetailType": "batch.locked", "Detail": "{}"}
    with mock_aws():
        events, logs = boto3.client("events"), boto3.client("logs")
        logs.create_log_group(logGroupName=log)
        events.create_event_bus(Name=bus)
        events.put_rule(Name="trace", EventBusName=bus, EventPattern=json.dumps(rule["EventPattern"]))
        events.put_targets(Rule="trace", EventBusName=bus, Targets=[target])
        events.put_events(Entries=[{**said, "Source": "groundswell"}, {**said, "Source": "somebody"}])
        traced = logs.filter_log_events(logGroupName=log)["events"]
    assert [json.loads(event["message"])["source"] for event in traced] == ["groundswell"]
