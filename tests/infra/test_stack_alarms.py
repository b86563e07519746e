"""The stack's alarms and its dashboard: about things that exist, by the names under which they are measured."""

import json
import re
from typing import Any

import pytest

from app import app
from chalicelib.plumbing import telemetry
from infra.local import environment, resources
from tests.infra.stack_template import dimensions, filled, of_type, watched


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return resources.template()


def test_whatever_was_given_up_rings_an_alarm(template: dict[str, Any]) -> None:
    queues = of_type(template, "SQS::Queue")
    given_up = {
        it["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0] for it in queues.values() if "RedrivePolicy" in it
    }
    ringing = {
        dimensions(it)["QueueName"]["Fn::GetAtt"][0]
        for it in of_type(template, "CloudWatch::Alarm").values()
        if it.get("MetricName") == "ApproximateNumberOfMessagesVisible" and it["Threshold"] == 0
    }
    assert ringing == given_up | {"StreamFailures"} == {name for name in queues if not name.endswith("Queue")}


def test_every_alarm_reaches_the_topic_and_only_a_clock_rings_when_nothing_is_heard(template: dict[str, Any]) -> None:
    alarms = of_type(template, "CloudWatch::Alarm")
    assert all(it["AlarmActions"] == [{"Ref": "Alarms"}] and it["AlarmDescription"] for it in alarms.values())
    silent = {name for name, it in alarms.items() if it["TreatMissingData"] != "notBreaching"}
    clocks = ("Voting", "Batch", "Offer", "Recount", "Payment", "Reconciliation")
    assert silent == {f"{clock}ClockAlarm" for clock in clocks}


def test_the_alarms_cost_what_the_template_says(template: dict[str, Any]) -> None:
    metrics = sum(len(watched(it)) for it in of_type(template, "CloudWatch::Alarm").values())
    assert f"{metrics} metrics, ${metrics / 10:.2f}." in environment.STACK.read_text()


def test_alarms_and_dashboard_know_the_functions_by_their_names(template: dict[str, Any]) -> None:
    registered = (*app.event_sources, *app.pure_lambda_functions)
    functions = {"groundswell-test", *(f"groundswell-test-{one.name}" for one in registered)}
    failing = [
        one
        for alarm in of_type(template, "CloudWatch::Alarm").values()
        for one in watched(alarm)
        if (one["Namespace"], one["MetricName"]) == ("AWS/Lambda", "Errors")
    ]
    assert sorted(filled(dimensions(it)["FunctionName"]["Fn::Sub"]) for it in failing) == sorted(functions)
    for alarm in of_type(template, "CloudWatch::Alarm").values():
        names = {
            filled(dimensions(it)["FunctionName"]["Fn::Sub"])
            for it in watched(alarm)
            if "FunctionName" in dimensions(it)
        }
        assert names <= functions
    assert functions <= set(re.findall(r"groundswell-test(?:-\w+)?", json.dumps(dashboard(template))))


def dashboard(template: dict[str, Any]) -> dict[str, Any]:
    board: dict[str, Any] = json.loads(
        filled(template["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"][0])
    )
    return board


def test_the_dashboard_is_one_screen_without_overlaps(template: dict[str, Any]) -> None:
    taken = [(it["x"], it["y"]) for it in dashboard(template)["widgets"]]
    assert sorted(taken) == [(x, y) for x in (0, 8, 16) for y in (0, 5, 10, 15)]
    assert {(it["width"], it["height"]) for it in dashboard(template)["widgets"]} == {(8, 5)}


def test_alarms_watch_our_metrics_as_functions_write_them(template: dict[str, Any]) -> None:
    telemetry.count("orders_undelivered")
    written = telemetry._metrics().serialize_metric_set()
    telemetry._metrics().clear_metrics()
    (names,) = written["_aws"]["CloudWatchMetrics"][0]["Dimensions"]
    ours = [it for it in of_type(template, "CloudWatch::Alarm").values() if it.get("Namespace") == "Groundswell"]
    assert len(ours) == 6
    for alarm in ours:
        asked = {name: "test" if value == {"Ref": "Stage"} else value for name, value in dimensions(alarm).items()}
        assert asked == {name: written[name] for name in names}


def test_one_counter_that_differs_rings_and_agreement_elsewhere_does_not_hide_it(template: dict[str, Any]) -> None:
    drift = of_type(template, "CloudWatch::Alarm")["TallyDriftAlarm"]
    told = {name: drift[name] for name in ("MetricName", "Statistic", "Threshold", "ComparisonOperator")}
    assert told == {
        "MetricName": "tally_drift",
        "Statistic": "Maximum",
        "Threshold": 0,
        "ComparisonOperator": "GreaterThanThreshold",
    }
