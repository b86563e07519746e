"""Reading infra/stack.yaml as its tests do."""

import re
from typing import Any


def of_type(template: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    return {name: it["Properties"] for name, it in template["Resources"].items() if it["Type"] == f"AWS::{kind}"}


def filled(text: str) -> str:
    """A `Sub` with its stage put in, and any other reference by its own name."""
    return re.sub(r"\$\{([^}]+)\}", r"\1", text.replace("${Stage}", "test"))


def watched(alarm: dict[str, Any]) -> list[dict[str, Any]]:
    """The metrics that an alarm is paid for."""
    used = [it["MetricStat"]["Metric"] for it in alarm.get("Metrics", []) if "MetricStat" in it]
    return used or [alarm]


def dimensions(metric: dict[str, Any]) -> dict[str, Any]:
    return {it["Name"]: it["Value"] for it in metric.get("Dimensions", [])}
