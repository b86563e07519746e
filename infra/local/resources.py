"""The stack's resources in an engine: made from infra/stack.yaml, as a deployment makes them, and told as settings."""

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml  # type: ignore[import-untyped]

from infra.local import environment

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

# What the functions touch. For the page, sign-in and the like, `page` and `tokens` stand in locally.
TOUCHED = ("AWS::DynamoDB::Table", "AWS::SQS::Queue", "AWS::Events::EventBus")
STORES = ("AWS::DynamoDB::Table", "AWS::SQS::Queue")


def create(
    cloudformation: "CloudFormationClient",
    stage: str,
    *,
    visibility_timeout_seconds: int = 180,
    kinds: tuple[str, ...] = TOUCHED,
) -> dict[str, str]:
    """Creates the resources of these types as a stack and answers the settings in its outputs."""
    name = f"groundswell-{stage}"
    cloudformation.create_stack(
        StackName=name,
        TemplateBody=json.dumps(only(template(), kinds)),
        Parameters=[
            {"ParameterKey": "Stage", "ParameterValue": stage},
            {"ParameterKey": "VisibilityTimeoutSeconds", "ParameterValue": str(visibility_timeout_seconds)},
        ],
    )
    waiter = cloudformation.get_waiter("stack_create_complete")
    waiter.wait(StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    outputs = cloudformation.describe_stacks(StackName=name)["Stacks"][0]["Outputs"]
    return {setting_name(output["OutputKey"]): output["OutputValue"] for output in outputs}


def setting_name(output_key: str) -> str:
    """`TableName` -> `TABLE_NAME`: how an output of the stack becomes a setting of the functions."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", output_key).upper()


def template(path: Path = environment.STACK) -> dict[str, Any]:
    """The template with its short tags written out, as JSON templates have them (`!Ref x` -> `{"Ref": "x"}`)."""
    loaded: dict[str, Any] = yaml.load(path.read_text(), Loader=_TemplateLoader)  # noqa: S506 - a SafeLoader
    return loaded


def table_definition(path: Path = environment.STACK) -> dict[str, Any]:
    """The table as keyword arguments of CreateTable, without its name: for a test that needs nothing but the table."""
    properties = template(path)["Resources"]["Table"]["Properties"]
    taken = ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")
    stream = {**properties["StreamSpecification"], "StreamEnabled": True}
    return {**{name: properties[name] for name in taken}, "StreamSpecification": stream}


def only(whole: dict[str, Any], kinds: tuple[str, ...]) -> dict[str, Any]:
    """The template with resources of these types alone, and the outputs that can still be told."""
    resources = {name: it for name, it in whole["Resources"].items() if it["Type"] in kinds}
    gone = "|".join(map(re.escape, whole["Resources"].keys() - resources.keys()))
    outputs = {
        key: output
        for key, output in whole["Outputs"].items()
        if not gone or not re.search(rf"\b({gone})\b", json.dumps(output))
    }
    return {**whole, "Resources": resources, "Outputs": outputs}


class _TemplateLoader(yaml.SafeLoader):  # type: ignore[misc]
    """YAML with CloudFormation's tags, and with nothing that could construct anything but plain values."""


def _written_out(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}": value}


_TemplateLoader.add_multi_constructor("!", _written_out)
