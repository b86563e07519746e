"""Who writes too often, by infra/stack.yaml: what is counted, with whom, and what a refused one is told."""

import json
import shutil
import subprocess
from ipaddress import IPv6Network, ip_address
from typing import Any

import pytest

from infra.deploy.names import API_STAGE
from infra.local import resources
from tests.infra.firewall import STACK, Request, counted_as

VIEWER, CDN = "203.0.113.9", "64.252.64.1"
THROUGH_CDN = {"groundswell-cdn": STACK, "groundswell-viewer": VIEWER}
TOKEN = {"authorization": "eyJh.eyJz.Sig"}
RULES = ("address-through-cdn", "address-past-cdn", "identity")


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return resources.template()


@pytest.fixture(scope="module")
def rules(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {rule["Name"]: rule for rule in template["Resources"]["Limits"]["Properties"]["Rules"]}


def counted(rules: dict[str, dict[str, Any]], request: Request) -> dict[str, str]:
    told = {name: counted_as(rule, request) for name, rule in rules.items()}
    return {name: key for name, key in told.items() if key is not None}


# -- who is counted with whom ----------------------------------------------------------------------------------------


def test_through_the_cdn_a_viewer_is_counted_and_not_the_cdn(rules: dict[str, Any]) -> None:
    assert counted(rules, Request(connection=CDN, headers=THROUGH_CDN)) == {"address-through-cdn": VIEWER}


def test_past_the_cdn_the_connection_is_counted(rules: dict[str, Any]) -> None:
    assert counted(rules, Request()) == {"address-past-cdn": "198.51.100.7"}


@pytest.mark.parametrize(
    "forged",
    [
        {"groundswell-viewer": "192.0.2.1"},
        {"groundswell-viewer": "192.0.2.1", "groundswell-cdn": ""},
        {"groundswell-viewer": "192.0.2.1", "groundswell-cdn": "groundswell-test"},
        {"groundswell-viewer": "192.0.2.1", "groundswell-cdn": STACK[:-1]},
        {"x-forwarded-for": "192.0.2.1"},
    ],
)
def test_who_says_to_be_somebody_else_is_counted_by_the_connection_all_the_same(
    rules: dict[str, Any], forged: dict[str, str]
) -> None:
    assert counted(rules, Request(headers=forged)) == {"address-past-cdn": "198.51.100.7"}


def test_x_forwarded_for_moves_nobody_behind_the_cdn_either(rules: dict[str, Any]) -> None:
    headers = {**THROUGH_CDN, "x-forwarded-for": f"192.0.2.1, {VIEWER}"}
    assert counted(rules, Request(connection=CDN, headers=headers)) == {"address-through-cdn": VIEWER}


@pytest.mark.parametrize("headers", [{}, THROUGH_CDN], ids=["past the CDN", "through the CDN"])
def test_one_token_is_one_identity_from_wherever_it_comes(rules: dict[str, Any], headers: dict[str, str]) -> None:
    assert counted(rules, Request(headers={**headers, **TOKEN}))["identity"] == "eyjh.eyjz.sig"


def test_one_token_is_one_identity_however_its_scheme_is_written(rules: dict[str, Any]) -> None:
    written = ["Bearer eyJh.eyJz.Sig", "bearer  eyJh.eyJz.Sig", "BEARER\teyJh.eyJz.Sig"]
    assert len({counted(rules, Request(headers={"authorization": one}))["identity"] for one in written}) == 1


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_writing_counts_for_address_and_identity(rules: dict[str, Any], method: str) -> None:
    assert set(counted(rules, Request(method=method, headers=TOKEN))) == {"address-past-cdn", "identity"}


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_reading_does_not_count(rules: dict[str, Any], method: str) -> None:
    for headers in (TOKEN, TOKEN | THROUGH_CDN):
        assert counted(rules, Request(method=method, headers=headers)) == {}


def test_a_quote_writes_nothing_and_does_not_count(rules: dict[str, Any]) -> None:
    quote = "/api/v1/campaigns/c1/quote"
    for headers in (TOKEN, TOKEN | THROUGH_CDN):
        assert counted(rules, Request(method="POST", path=quote, headers=headers)) == {}


def test_every_route_that_writes_is_counted(rules: dict[str, Any]) -> None:
    from app import app  # noqa: PLC0415 - the routes are all that is asked of it

    written = {(path, verb) for path, verbs in app.routes.items() for verb in verbs if verb != "GET"}
    free = {
        (path, verb)
        for path, verb in written
        if counted(rules, Request(method=verb, path=f"/{API_STAGE}{path}", headers=TOKEN)) == {}
    }
    assert free == {("/v1/campaigns/{campaign_id}/quote", "POST")}
    assert len(written) > 5


# -- how many --------------------------------------------------------------------------------------------------------


def test_the_limits_are_parameters_with_sound_defaults(template: dict[str, Any], rules: dict[str, Any]) -> None:
    rates = {name: rule["Statement"]["RateBasedStatement"] for name, rule in rules.items()}
    assert tuple(rates) == RULES
    assert {name: rate["EvaluationWindowSec"] for name, rate in rates.items()} == dict.fromkeys(RULES, 60)
    asked = {name: template["Parameters"][rate["Limit"]["Ref"]]["Default"] for name, rate in rates.items()}
    assert asked == {"address-through-cdn": 300, "address-past-cdn": 300, "identity": 60}


def test_what_it_costs_is_told_before_it_is_paid(template: dict[str, Any], rules: dict[str, Any]) -> None:
    assert f"${5 + len(rules)}.00 a month" in template["Parameters"]["RateLimits"]["Description"]


def test_switched_off_nothing_of_it_is_there(template: dict[str, Any]) -> None:
    assert template["Conditions"]["IsLimited"] == {
        "Fn::And": [{"Condition": "HasApi"}, {"Fn::Equals": [{"Ref": "RateLimits"}, "on"]}]
    }
    parts = {name: part.get("Condition") for name, part in template["Resources"].items()}
    assert {name for name, condition in parts.items() if condition == "IsLimited"} == {
        "Limits",
        "LimitsHold",
        "ViewerAddress",
    }
    assert template["Parameters"]["RateLimits"]["Default"] == "on"


def test_they_hold_at_the_stage_where_every_way_in_ends_once_the_cdn_says_who_asks(template: dict[str, Any]) -> None:
    held = template["Resources"]["LimitsHold"]
    assert held["Properties"]["ResourceArn"]["Fn::Sub"].endswith(f"::/restapis/${{ApiId}}/stages/{API_STAGE}")
    assert template["Resources"]["Limits"]["Properties"]["Scope"] == "REGIONAL"
    assert held["DependsOn"] == "Distribution"


# -- what a refused one is told --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", RULES)
def test_whoever_is_refused_hears_the_code_in_a_problem_document(
    template: dict[str, Any], rules: dict[str, Any], name: str
) -> None:
    answer = rules[name]["Action"]["Block"]["CustomResponse"]
    body = template["Resources"]["Limits"]["Properties"]["CustomResponseBodies"][answer["CustomResponseBodyKey"]]
    problem = json.loads(body["Content"])
    assert answer["ResponseCode"] == problem["status"] == 429
    assert problem["code"] == "too_many_requests"
    assert problem["type"].endswith("/docs#too_many_requests")
    assert {"title", "detail"} < set(problem)
    headers = {one["Name"]: one["Value"] for one in answer["ResponseHeaders"]}
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["Retry-After"] == "60"
    # AWS refuses a rule that would set it.
    assert "content-type" not in {name.lower() for name in headers}


def test_no_token_can_be_seen_in_the_console(template: dict[str, Any], rules: dict[str, Any]) -> None:
    seen = [template["Resources"]["Limits"]["Properties"], *rules.values()]
    assert {one["VisibilityConfig"]["SampledRequestsEnabled"] for one in seen} == {False}


# -- who asks, as the CDN tells it -----------------------------------------------------------------------------------


def test_the_cdn_says_that_it_is_ours_and_who_asks(template: dict[str, Any]) -> None:
    config = template["Resources"]["Distribution"]["Properties"]["DistributionConfig"]
    [api] = [origin for origin in config["Origins"] if origin["Id"] == "api"]
    condition, [header], _ = api["OriginCustomHeaders"]["Fn::If"]
    assert (condition, header["HeaderName"]) == ("IsLimited", "groundswell-cdn")
    assert header["HeaderValue"] == {"Fn::Select": [2, {"Fn::Split": ["/", {"Ref": "AWS::StackId"}]}]}
    [behaviour] = config["CacheBehaviors"]
    condition, [association], _ = behaviour["FunctionAssociations"]["Fn::If"]
    assert condition == "IsLimited"
    assert association == {
        "EventType": "viewer-request",
        "FunctionARN": {"Fn::GetAtt": ["ViewerAddress", "FunctionARN"]},
    }


@pytest.mark.skipif(shutil.which("node") is None, reason="Node runs the CDN's function: install Node 20 or newer")
@pytest.mark.parametrize(
    ("viewer", "told"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:a:b:c:d:e:f", "2001:db8:a:b::"),
        ("2001:db8:a:b::1", "2001:db8:a:b::"),
        ("2001:db8::1", "2001:db8:0:0::"),
        ("2001:db8:a:b:c::", "2001:db8:a:b::"),
        ("::1", "0:0:0:0::"),
        ("::ffff:203.0.113.9", "::ffff:203.0.113.9"),
    ],
)
def test_the_cdn_tells_the_address_or_the_network_whatever_the_viewer_wrote(
    template: dict[str, Any], viewer: str, told: str
) -> None:
    code = template["Resources"]["ViewerAddress"]["Properties"]["FunctionCode"]
    sent = {"headers": {"groundswell-viewer": {"value": "192.0.2.1"}, "x-forwarded-for": {"value": "192.0.2.1"}}}
    event = json.dumps({"viewer": {"ip": viewer}, "request": sent})
    program = f"{code}; console.log(handler({event}).headers['groundswell-viewer'].value)"
    done = subprocess.run(["node", "-e", program], capture_output=True, text=True, check=True, timeout=20)  # noqa: S607
    assert done.stdout.strip() == told
    address = ip_address(told)
    if address.version == 6 and "." not in viewer:
        assert ip_address(viewer) in IPv6Network((address, 64))
