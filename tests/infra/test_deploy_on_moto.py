"""The real `chalice deploy` against moto: what it makes, that a second run changes nothing, that nothing stays behind.

moto runs no function; `make rehearse` does.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest

from infra import event_sources
from infra.deploy import __main__ as deploy
from infra.deploy import account as account_
from infra.deploy import destroy, functions, gateway, policies, record, sources
from infra.deploy.account import Account
from infra.deploy.names import NotPossible, Stage
from infra.emulators import moto_server
from infra.local import resources

STAGE = Stage("moto")
ACCOUNT = "123456789012"
PASSING = {
    "EventSourceMappingArn",
    "LastModified",
    "RevisionId",
    "StateTransitionReason",
    "State",
    "LastProcessingResult",
    "UUID",
}


@dataclass
class Place:
    account: Account
    outputs: dict[str, str]
    api_id: str = ""

    def deploy(self) -> None:
        functions.keep_logs(self.account, STAGE)
        self.api_id = functions.deploy(self.account, STAGE, self.outputs, {"DRAIN_SECONDS": "3"})
        sources.apply(self.account, STAGE, self.outputs["StreamFailuresArn"])
        gateway.apply(self.account, self.api_id, self.outputs)


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    """A stage that was deployed once."""
    with pytest.MonkeyPatch.context() as patch, moto_server.running() as url:
        patch.setenv("AWS_ENDPOINT_URL", url)
        patch.setenv("AWS_REGION", "us-east-1")
        made = Place(account_.connect(), outputs())
        made.deploy()
        yield made


def outputs() -> dict[str, str]:
    """The stack as far as moto has it; what it lacks is named, for nobody calls it."""
    cloudformation = boto3.client("cloudformation")
    resources.create(cloudformation, STAGE.name, kinds=resources.STORES)
    told = cloudformation.describe_stacks(StackName=STAGE.stack)["Stacks"][0]["Outputs"]
    there = {output["OutputKey"]: output["OutputValue"] for output in told}
    logs = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group"
    return {
        "EventBus": "groundswell-moto",
        "UserPoolArn": f"arn:aws:cognito-idp:us-east-1:{ACCOUNT}:userpool/us-east-1_moto",
        "UserPoolClientId": "client",
        "AccessLogArn": f"{logs}:/groundswell/moto/access",
        "GatewayLogRoleArn": f"arn:aws:iam::{ACCOUNT}:role/groundswell-moto-gateway-logs",
        **there,
    }


def everything(account: Account) -> dict[str, Any]:
    """All that a deployment made, without what changes by itself."""
    names = [one["FunctionName"] for one in record.functions(account, STAGE)]
    iam = account.client("iam")
    roles = record.roles(account, STAGE, policies.functions())
    return {
        "functions": [_lasting(one) for one in record.functions(account, STAGE)],
        "mappings": [_lasting(one) for name in names for one in record.mappings(account, name)],
        "rules": sorted(record.rules(account, STAGE)),
        "apis": record.apis(account, STAGE),
        "policies": [
            iam.get_role_policy(RoleName=role["RoleName"], PolicyName=role["RoleName"])["PolicyDocument"]
            for role in roles
        ],
    }


def _lasting(thing: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in thing.items() if name not in PASSING}


def mapping_of(place: Place, function: str) -> dict[str, Any]:
    (mapping,) = record.mappings(place.account, STAGE.function(function))
    return mapping


def test_every_handler_is_a_function_with_a_role_of_its_own(place: Place) -> None:
    found = {STAGE.handler(one["FunctionName"]): one for one in record.functions(place.account, STAGE)}
    assert set(found) == set(policies.functions())
    assert {one["Role"].rpartition("/")[2] for one in found.values()} == {STAGE.role(name) for name in found}
    others = {name: one["Timeout"] for name, one in found.items() if one["Timeout"] != 30}
    # Draws of waves are held by close_offers; the comparison reads the provider's books page by page.
    assert others == {"api_handler": 10, "close_offers": 120, "reconcile_payments": 300}


def test_what_the_pool_is_told_to_call_is_there(place: Place) -> None:
    told = STAGE.function(deploy.SIGN_UPS)
    [function] = [one for one in record.functions(place.account, STAGE) if one["FunctionName"] == told]
    assert function["Handler"] == "chalicelib.accounts.worker.remember_sign_up"


def test_each_role_may_do_what_its_policy_says_and_nothing_else(place: Place) -> None:
    own = {"Partition": "aws", "Region": "us-east-1", "Account": ACCOUNT, "Stage": STAGE.name}
    iam = place.account.client("iam")
    for function in policies.functions():
        role = STAGE.role(function)
        assert iam.list_role_policies(RoleName=role)["PolicyNames"] == [role]
        assert iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"] == []
        there = iam.get_role_policy(RoleName=role, PolicyName=role)["PolicyDocument"]
        assert there == policies.render(function, {**place.outputs, **own})


def test_functions_know_their_stage_by_their_environment(place: Place) -> None:
    (api,) = [one for one in record.functions(place.account, STAGE) if one["FunctionName"] == STAGE.stack]
    told = api["Environment"]["Variables"]
    assert told["TABLE_NAME"] == place.outputs["TableName"]
    assert told["STREAM_ARN"] == place.outputs["StreamArn"]
    assert told["DRAIN_SECONDS"] == "3"
    assert "AWS_ENDPOINT_URL" not in told


@pytest.mark.parametrize("source", event_sources.ALL, ids=lambda source: source.function)
def test_the_settings_that_chalice_cannot_make_are_there(place: Place, source: event_sources.EventSource) -> None:
    mapping = mapping_of(place, source.function)
    for name, wanted in source.wanted(place.outputs["StreamFailuresArn"]).items():
        if name in mapping:  # moto forgets the settings of streams that it does not know
            assert sources.same(mapping[name], wanted), name
    assert mapping["BatchSize"] == source.settings["BatchSize"]


def test_a_failed_message_comes_back_alone(place: Place) -> None:
    for source in event_sources.QUEUES:
        assert mapping_of(place, source.function)["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_every_function_has_a_log_group_that_forgets(place: Place) -> None:
    groups = place.account.client("logs").describe_log_groups(logGroupNamePrefix="/aws/lambda/")["logGroups"]
    assert {group["logGroupName"]: group["retentionInDays"] for group in groups} == {
        STAGE.log_group(function): functions.LOG_DAYS for function in policies.functions()
    }


def test_the_api_stage_is_throttled_and_logs_who_came(place: Place) -> None:
    stage = place.account.client("apigateway").get_stage(restApiId=place.api_id, stageName="api")
    assert stage["methodSettings"]["*/*"]["throttlingRateLimit"] == gateway.REQUESTS_PER_SECOND
    assert stage["methodSettings"]["*/*"]["throttlingBurstLimit"] == gateway.BURST
    assert json.loads(stage["accessLogSettings"]["format"]) == gateway.ACCESS_LOG


def test_the_record_is_what_chalice_itself_wrote(place: Place) -> None:
    """Chalice's own file of the last run, beside ours made from the account."""
    path = functions.project_of(STAGE) / ".chalice" / "deployed" / f"{STAGE.name}.json"
    chalices = {one["name"]: one for one in json.loads(path.read_text())["resources"]}
    ours = {one["name"]: one for one in record.read(place.account, STAGE, policies.functions())["resources"]}
    for one in (*chalices.values(), *ours.values()):
        one.pop("rest_api_url", None)  # AWS's address there, the emulator's here
    assert ours == chalices


def test_a_second_deployment_changes_nothing(place: Place) -> None:
    before = everything(place.account)
    place.deploy()
    assert everything(place.account) == before


def test_after_an_interruption_it_ends_in_the_same_state(place: Place) -> None:
    """The API is gone but its double is there, a mapping and a rule are missing, Chalice's own record is lost."""
    before = everything(place.account)
    gateway_, lambda_ = place.account.client("apigateway"), place.account.client("lambda")
    doubles = [_half_made_api(place) for _ in range(2)]
    gateway_.delete_rest_api(restApiId=place.api_id)
    lambda_.delete_event_source_mapping(UUID=mapping_of(place, "pay")["UUID"])
    events = place.account.client("events")
    rule = STAGE.function("close_batches-event")
    events.remove_targets(Rule=rule, Ids=["1"])
    events.delete_rule(Name=rule)
    (functions.project_of(STAGE) / ".chalice" / "deployed" / f"{STAGE.name}.json").unlink()
    place.deploy()
    after = everything(place.account)
    assert after["apis"] == [place.api_id]
    assert place.api_id in doubles
    for kind in ("functions", "rules", "policies"):
        assert after[kind] == before[kind], kind
    assert sorted(map(repr, after["mappings"])) == sorted(map(repr, before["mappings"]))


def _half_made_api(place: Place) -> str:
    """What a run leaves that was killed after ImportRestApi."""
    client = place.account.client("apigateway")
    api_id: str = client.create_rest_api(name=STAGE.stack)["id"]
    (root,) = client.get_resources(restApiId=api_id)["items"]
    where = {"restApiId": api_id, "resourceId": root["id"], "httpMethod": "GET"}
    client.put_method(**where, authorizationType="NONE")
    function = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:{STAGE.stack}"
    uri = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{function}/invocations"
    client.put_integration(**where, type="AWS_PROXY", integrationHttpMethod="POST", uri=uri)
    return api_id


def test_functions_leave_a_table_that_is_no_longer_the_stages(place: Place) -> None:
    former = mapping_of(place, "react")
    moved = {**place.outputs, "StreamArn": f"{place.outputs['StreamArn']}-restored"}
    sources.leave_former(place.account, STAGE, moved)
    assert record.mappings(place.account, STAGE.function("react")) == []
    assert record.mappings(place.account, STAGE.function("fold")) == []
    assert mapping_of(place, "pay")
    place.deploy()
    assert mapping_of(place, "react")["UUID"] != former["UUID"]


def test_what_only_has_a_like_name_is_somebody_elses(place: Place) -> None:
    gateway_, lambda_ = place.account.client("apigateway"), place.account.client("lambda")
    other = gateway_.create_rest_api(name=STAGE.stack)["id"]
    role = record.roles(place.account, STAGE, ["react"])[0]["Arn"]
    mailer = {"FunctionName": STAGE.function("mailer"), "Handler": "mailer.run", "Runtime": "python3.11", "Role": role}
    lambda_.create_function(**mailer, Code={"ZipFile": b"not ours"})
    place.account.client("events").put_rule(Name=f"{STAGE.prefix}news", ScheduleExpression="rate(1 day)")
    found = record.read(place.account, STAGE, policies.functions())["resources"]
    assert other not in {one.get("rest_api_id") for one in found}
    assert not {"mailer", "news"} & {one["name"] for one in found}


def test_destroying_leaves_nothing(place: Place) -> None:
    destroy.destroy(place.account, STAGE, yes=True)
    assert everything(place.account) == {"functions": [], "mappings": [], "rules": [], "apis": [], "policies": []}
    assert place.account.client("logs").describe_log_groups()["logGroups"] == []
    assert place.account.client("dynamodb").list_tables()["TableNames"] == []
    assert place.account.client("sqs").list_queues().get("QueueUrls", []) == []
    assert not functions.project_of(STAGE).exists()


def test_a_log_that_is_written_late_is_deleted_as_well(place: Place) -> None:
    """A function may run while it is deleted."""
    logs, late = place.account.client("logs"), [STAGE.log_group("close_batches"), STAGE.log_group("follow")]
    logs.create_log_group(logGroupName="/aws/lambda/somebody-elses")
    destroy.forget_logs(place.account, STAGE, lambda: late and logs.create_log_group(logGroupName=late.pop()))
    assert [one["logGroupName"] for one in logs.describe_log_groups()["logGroups"]] == ["/aws/lambda/somebody-elses"]


def test_destroying_what_is_not_there_says_so(place: Place) -> None:
    with pytest.raises(NotPossible, match="no stage 'moto' in us-east-1"):
        destroy.destroy(place.account, STAGE, yes=True)
