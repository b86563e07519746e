"""What Chalice has deployed, read from the account instead of from a file that somebody would have to keep.

`chalice deploy` decides by `.chalice/deployed/<stage>.json` what to create, change and delete, and writes it only after
everything went well. Made anew from the account before each run, it is right after an interrupted run too, on any
machine.
"""

import json
import re
from collections.abc import Iterable
from typing import Any

from botocore.exceptions import ClientError

from infra.deploy.account import Account, code_of
from infra.deploy.names import Stage

Resource = dict[str, Any]
_OURS = ("app.", "chalicelib.")
_RULE = "-event"
MISSING = {"NoSuchEntity", "ResourceNotFoundException", "NotFoundException"}


def functions(account: Account, stage: Stage) -> list[Resource]:
    """The stage's Lambda functions, as Lambda describes them."""
    pages = account.client("lambda").get_paginator("list_functions").paginate()
    every = (function for page in pages for function in page["Functions"])
    named = (one for one in every if one["FunctionName"] == stage.stack or one["FunctionName"].startswith(stage.prefix))
    # A listener of somebody else may well be called groundswell-dev-mailer: it must not be swept away.
    ours = [one for one in named if one.get("Handler", "").startswith(_OURS)]
    return sorted(ours, key=lambda function: str(function["FunctionName"]))


def mappings(account: Account, function: str) -> list[Resource]:
    """A function's event-source mappings, as Lambda describes them."""
    pages = account.client("lambda").get_paginator("list_event_source_mappings").paginate()
    every = (mapping for page in pages for mapping in page["EventSourceMappings"])
    return [mapping for mapping in every if mapping["FunctionArn"].endswith(f":function:{function}")]


def rules(account: Account, stage: Stage) -> list[str]:
    """The schedules' rules: Chalice calls them like their function, with `-event` behind."""
    found = account.client("events").list_rules(NamePrefix=stage.prefix)
    return [rule["Name"] for rule in found["Rules"] if rule["Name"].endswith(_RULE)]


def apis(account: Account, stage: Stage) -> list[str]:
    """Ids of the REST APIs of the stage's name that lead to its function."""
    gateway = account.client("apigateway")
    pages = gateway.get_paginator("get_rest_apis").paginate()
    named = [api["id"] for page in pages for api in page["items"] if api["name"] == stage.stack]
    return [api_id for api_id in named if _function_behind(gateway, api_id) == stage.function("api_handler")]


def _function_behind(gateway: Any, api_id: str) -> str | None:
    pages = gateway.get_paginator("get_resources").paginate(restApiId=api_id)
    for resource in (one for page in pages for one in page["items"]):
        for verb in resource.get("resourceMethods") or {}:
            uri = gateway.get_integration(restApiId=api_id, resourceId=resource["id"], httpMethod=verb).get("uri") or ""
            if ":function:" in uri:
                return str(uri).split(":function:")[1].removesuffix("/invocations")
    return None


def roles(account: Account, stage: Stage, handlers: Iterable[str]) -> list[Resource]:
    """The roles of these handlers that exist."""
    return [role for handler in sorted(handlers) if (role := _role(account, stage.role(handler)))]


def _role(account: Account, name: str) -> Resource | None:
    try:
        found: Resource = account.client("iam").get_role(RoleName=name)["Role"]
    except ClientError as problem:
        if code_of(problem) in MISSING:
            return None
        raise
    return found


def read(account: Account, stage: Stage, handlers: Iterable[str]) -> dict[str, Any]:
    """The record in Chalice's form, in the order in which Chalice makes things: it deletes from the end.

    `handlers`: those that the app has now; others are found by their functions.
    """
    found = functions(account, stage)
    known = {*handlers} | {stage.handler(function["FunctionName"]) for function in found}
    listed = [_of_role(stage, role) for role in roles(account, stage, known)]
    for function in found:
        handler = stage.handler(function["FunctionName"])
        listed.append({"name": handler, "resource_type": "lambda_function", "lambda_arn": function["FunctionArn"]})
        listed += [_of_mapping(handler, mapping) for mapping in mappings(account, function["FunctionName"])]
    listed += [_of_rule(stage, rule) for rule in rules(account, stage)]
    listed += [_of_api(account, api_id) for api_id in apis(account, stage)[:1]]
    return {"resources": listed, "schema_version": "2.0", "backend": "api"}


def _of_role(stage: Stage, role: Resource) -> Resource:
    name = str(role["RoleName"])
    resource = f"{name.removeprefix(stage.prefix)}_role"
    return {"name": resource, "resource_type": "iam_role", "role_arn": role["Arn"], "role_name": name}


def _of_mapping(handler: str, mapping: Resource) -> Resource:
    source = str(mapping["EventSourceArn"])
    common = {"event_uuid": mapping["UUID"], "lambda_arn": mapping["FunctionArn"]}
    if source.split(":")[2] == "sqs":
        own = {"queue_arn": source, "queue": source.rpartition(":")[2]}
        return {"name": f"{handler}-sqs-event-source", "resource_type": "sqs_event", **common, **own}
    own = {"stream_arn": source}
    return {"name": f"{handler}-dynamodb-event-source", "resource_type": "dynamodb_event", **common, **own}


def _of_rule(stage: Stage, rule: str) -> Resource:
    return {"name": rule.removeprefix(stage.prefix), "resource_type": "cloudwatch_event", "rule_name": rule}


def _of_api(account: Account, api_id: str) -> Resource:
    url = account.api_url(api_id, "api")
    return {"name": "rest_api", "resource_type": "rest_api", "rest_api_id": api_id, "rest_api_url": f"{url}/"}


def region_in(policy: Any) -> str | None:
    """The region that a function's policy is written for, by its log group."""
    found = re.search(r"arn:[\w-]+:logs:([\w-]+):", json.dumps(policy))
    return found.group(1) if found else None
