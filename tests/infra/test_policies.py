"""Each function may do what it does, and nothing more.

That nothing is missing is held in every test, see tests/permissions.py; here is what is left of it: that nothing is
granted in vain. One long story makes every call there is.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from chalice.app import DynamoDBEventConfig, ScheduledEventConfig, SQSEventConfig
from moto import mock_aws

from chalicelib.plumbing import ports as ports_
from chalicelib.plumbing import settings as settings_
from chalicelib.plumbing.door import ROUTES
from chalicelib.plumbing.user_pool import REGISTERED_AT
from infra.deploy import policies
from infra.deploy.names import API_HANDLER, NotPossible, Stage
from tests import iam, permissions
from tests.accounts.conftest import pool_with_ada
from tests.conftest import ENVIRONMENT, groundswell
from tests.doors.examples import ask, example
from tests.doors.scene import Scene
from tests.iam import Grant, Question, Unreadable
from tests.infra.whole_story import STORY, watched
from tests.permissions import Forbidden, Used
from tests.races.quick_world import quickly_opened
from tests.world import World, opened

SETTINGS = settings_.read(ENVIRONMENT)
VALUES = permissions.values(SETTINGS)
# Amazon's limit for all inline policies of a role, not counting white space.
MOST_CHARACTERS = 10_240
LOG_ACTIONS = ("logs:CreateLogStream", "logs:PutLogEvents")
STREAM_ACTIONS = ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator")
# What an event source mapping asks for, as in Amazon's own AWSLambdaSQSQueueExecutionRole: a message that failed comes
# back by its visibility timeout, so nobody changes that.
QUEUE_ACTIONS = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")


def of_the_platform(function: str) -> set[Grant]:
    """What Lambda does in the function's name, so that no code calls it: logs, and reading what wakes it."""
    log = f"arn:aws:logs:us-east-1:123456789012:log-group:{Stage(SETTINGS.stage).log_group(function)}:*"
    needed = {Grant(action, log) for action in LOG_ACTIONS}
    for source in groundswell.event_sources:
        if source.name == function:
            match source:
                case DynamoDBEventConfig():
                    needed |= {Grant(action, SETTINGS.stream_arn) for action in STREAM_ACTIONS}
                    needed.add(Grant("dynamodb:ListStreams", f"{VALUES['TableArn']}/stream/*"))
                    needed.add(Grant("sqs:SendMessage", VALUES["StreamFailuresArn"]))
                case SQSEventConfig(queue=queue):
                    arn = f"arn:aws:sqs:us-east-1:123456789012:{queue}"
                    needed |= {Grant(action, arn) for action in QUEUE_ACTIONS}
                case _:
                    assert isinstance(source, ScheduledEventConfig), f"what does {source} need?"
    return needed


@pytest.fixture(scope="module")
def used() -> Iterator[Used]:
    """What was used of each policy: by every route, and by all that happens behind them."""
    with permissions.noted() as notebook:
        try:
            call_every_route()
            live_through_the_story()
            notebook["remember_sign_up"] = sign_up()
        except Forbidden as forbidden:
            # As an outcome that pytest keeps for the other tests of the module: a BaseException it would not.
            pytest.fail(str(forbidden))
        yield notebook


def call_every_route() -> None:
    with mock_aws(), opened(groundswell, ENVIRONMENT) as world:
        scene = Scene(world)
        for route in ROUTES:
            assert ask(scene, route, example(scene, route)).status < 400


def live_through_the_story() -> None:
    with quickly_opened(groundswell, ENVIRONMENT) as world, ports_.using(watched(world)):
        for chapter in STORY:
            chapter(world)


def sign_up() -> set[Grant]:
    """What it used, with the stage's pool in the place of the one that moto has made."""
    with mock_aws(), pool_with_ada() as pool, permissions.noted() as notebook:
        pool.call(pool.tell())
        assert REGISTERED_AT in pool.attributes()
    named = SETTINGS.user_pool_arn.rpartition("/")[2]
    return {it._replace(resource=it.resource.replace(pool.pool_id, named)) for it in notebook["remember_sign_up"]}


@pytest.mark.parametrize("function", policies.functions())
def test_nothing_is_granted_in_vain(used: Used, function: str) -> None:
    granted = set(permissions.granted(function, SETTINGS))
    assert granted - used[function] - of_the_platform(function) == set()


@pytest.mark.parametrize("function", policies.functions())
def test_the_platform_may_do_its_part(function: str) -> None:
    assert of_the_platform(function) - set(permissions.granted(function, SETTINGS)) == set()


# -- what no policy may say ------------------------------------------------------------------------------------------


def test_every_function_has_a_policy_and_every_policy_a_function() -> None:
    told = (*groundswell.event_sources, *groundswell.pure_lambda_functions)
    registered = {API_HANDLER, *(one.name for one in told)}
    assert set(policies.functions()) == registered


@pytest.mark.parametrize("function", policies.functions())
def test_no_action_is_a_pattern_and_no_resource_is_everything(function: str) -> None:
    granted = permissions.granted(function, SETTINGS)
    assert [grant for grant in granted if "*" in grant.action] == []
    assert [grant for grant in granted if not grant.resource.startswith("arn:aws:")] == []
    open_ended = {grant.resource for grant in granted if "*" in grant.resource}
    endings = (f"{Stage(SETTINGS.stage).log_group(function)}:*", f"{SETTINGS.table_name}/stream/*")
    endings += ("/test/webhook/*", "/test/payments-*")
    assert [resource for resource in open_ended if not resource.endswith(endings)] == []


@pytest.mark.parametrize("function", policies.functions())
def test_items_are_reached_by_their_keys_only(function: str) -> None:
    """A Scan names no key, and would pass any condition on keys."""
    for grant in permissions.granted(function, SETTINGS):
        if grant.resource == VALUES["TableArn"]:
            assert grant.key != "*"
            verbs = ("Get", "BatchGet", "Put", "Update", "Delete", "ConditionCheck")
            assert grant.action in {f"dynamodb:{verb}Item" for verb in verbs} | {"dynamodb:Query"}


@pytest.mark.parametrize("function", sorted({*policies.functions()} - {"deliver"}))
def test_only_the_delivery_reads_webhook_secrets_and_reaches_manufacturers(function: str) -> None:
    for grant in permissions.granted(function, SETTINGS):
        assert not (grant.action.startswith("secretsmanager:") and "/webhook/" in grant.resource)
        assert not grant.key.startswith("R#")


@pytest.mark.parametrize("function", policies.functions())
def test_only_who_speaks_to_the_payment_provider_reads_its_secrets(function: str) -> None:
    asked = [grant for grant in permissions.granted(function, SETTINGS) if "/payments-" in grant.resource]
    assert bool(asked) == (function in ("api_handler", "pay", "reconcile_payments"))


@pytest.mark.parametrize("function", policies.functions())
def test_a_role_holds_the_policy_with_long_names(function: str) -> None:
    long = VALUES | {name: value.replace("test", "a" * 16) for name, value in VALUES.items()}
    long |= {"Partition": "aws-us-gov", "Region": "ap-southeast-2"}
    written = json.dumps(policies.render(function, long, tracing=True), separators=(",", ":"))
    assert len(written) < MOST_CHARACTERS


# -- putting a stage's names in --------------------------------------------------------------------------------------


def test_traces_are_the_one_permission_without_a_resource() -> None:
    plain, traced = (policies.render("pay", VALUES, tracing=tracing) for tracing in (False, True))
    [added] = [statement for statement in traced["Statement"] if statement not in plain["Statement"]]
    assert added["Action"] == ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
    assert added["Resource"] == ["*"]


def test_an_output_that_is_missing_is_named() -> None:
    with pytest.raises(NotPossible, match=r"deliver\.json asks for \$\{WebhookSecretPrefix\}"):
        policies.render("deliver", {name: value for name, value in VALUES.items() if name != "WebhookSecretPrefix"})


@pytest.mark.parametrize("value", ["", "groundswell/*", "${aws:username}", "?"])
def test_a_value_that_is_no_plain_name_is_refused(value: str) -> None:
    with pytest.raises(NotPossible, match="WebhookSecretPrefix"):
        policies.render("deliver", VALUES | {"WebhookSecretPrefix": value})


def test_a_placeholder_that_is_misspelt_is_not_left_over(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "odd.json").write_text('{"Statement": [{"Resource": ["${Table Arn}"]}]}')
    monkeypatch.setattr(policies, "FOLDER", tmp_path)
    with pytest.raises(NotPossible, match="placeholder that is none"):
        policies.render("odd", VALUES)


def test_a_function_without_a_policy_is_told() -> None:
    with pytest.raises(NotPossible, match=r"write \.chalice/policies/nobody\.json"):
        policies.render("nobody", VALUES)


# -- the evaluator itself --------------------------------------------------------------------------------------------

TABLE = VALUES["TableArn"]


@pytest.mark.parametrize(
    ("function", "question"),
    [
        ("fold", Question("dynamodb:PutItem", TABLE, "C#1#T")),
        ("close_voting", Question("dynamodb:Query", f"{TABLE}/index/gsi2")),
        ("deliver", Question("dynamodb:UpdateItem", TABLE, "R#maker")),
        ("remember_sign_up", Question("cognito-idp:AdminUpdateUserAttributes", SETTINGS.user_pool_arn)),
    ],
)
def test_what_is_granted_passes(function: str, question: Question) -> None:
    permissions.judge(function, question, SETTINGS)


@pytest.mark.parametrize(
    ("function", "question"),
    [
        ("fold", Question("dynamodb:PutItem", TABLE, "C#1#N")),
        ("fold", Question("dynamodb:DeleteItem", TABLE, "C#1#T")),
        ("fold", Question("dynamodb:PutItem", f"{TABLE}-of-another-stage", "C#1#T")),
        ("close_voting", Question("dynamodb:Query", f"{TABLE}/index/gsi1")),
        ("api_handler", Question("dynamodb:UpdateItem", TABLE, "R#maker")),
        ("api_handler", Question("cognito-idp:AdminUpdateUserAttributes", SETTINGS.user_pool_arn)),
        ("remember_sign_up", Question("cognito-idp:AdminUpdateUserAttributes", f"{SETTINGS.user_pool_arn}2")),
        ("remember_sign_up", Question("cognito-idp:AdminAddUserToGroup", SETTINGS.user_pool_arn)),
        ("api_handler", Question("sqs:SendMessage", f"arn:aws:sqs:us-east-1:123456789012:{SETTINGS.orders_queue}")),
    ],
)
def test_what_is_not_granted_is_forbidden(function: str, question: Question) -> None:
    with pytest.raises(Forbidden, match=f"{function} may not {question.action} on {question.resource}"):
        permissions.judge(function, question, SETTINGS)


@pytest.mark.parametrize(
    "strange",
    [
        {"Effect": "Deny", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::a"]},
        {"Effect": "Allow", "NotAction": ["s3:GetObject"], "Resource": ["arn:aws:s3:::a"]},
        {
            "Effect": "Allow",
            "Action": ["a:B"],
            "Resource": ["c"],
            "Condition": {"Bool": {"aws:SecureTransport": "true"}},
        },
    ],
    ids=["deny", "not action", "another condition"],
)
def test_a_statement_that_is_not_understood_is_no_permission(strange: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        list(iam.grants({"Statement": [strange]}))


@pytest.fixture
def whole_world() -> Iterator[World]:
    with mock_aws(), opened(groundswell, ENVIRONMENT) as world:
        yield world


def test_a_forbidden_call_ends_the_test_that_made_it(whole_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Through a door that takes every Exception for an answer."""
    campaign_id = whole_world.voting()
    without = tuple(grant for grant in permissions.granted("api_handler", SETTINGS) if grant.action != "dynamodb:Query")
    monkeypatch.setattr(permissions, "granted", lambda _function, _settings: without)
    permissions._candidates.cache_clear()
    with pytest.raises(Forbidden, match=f"api_handler may not dynamodb:Query .*partition key C#{campaign_id}#T"):
        whole_world.anybody.get(f"/v1/campaigns/{campaign_id}/tally")
    permissions._candidates.cache_clear()


def test_a_test_may_look_where_no_function_may(whole_world: World) -> None:
    assert whole_world.dynamodb.scan(TableName=SETTINGS.table_name)["Count"] == 1
