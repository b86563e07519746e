"""The API's stage: throttling and an access log."""

import json
import time
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from infra.deploy import say
from infra.deploy.account import Account, code_of
from infra.deploy.names import API_STAGE

# A region's default is 10,000 requests a second for all of an account's APIs: half, so that one stage cannot starve the
# others. A launch day asks for its own limit beforehand.
REQUESTS_PER_SECOND = 5000
BURST = 5000
_POLL_SECONDS, _MOST_SECONDS = 5.0, 120.0
# One JSON object per request: no token, no body, no claims. The address is there to follow abuse, for 30 days.
ACCESS_LOG = {
    "request_id": "$context.requestId",
    "time": "$context.requestTimeEpoch",
    "ip": "$context.identity.sourceIp",
    "method": "$context.httpMethod",
    "route": "$context.resourcePath",
    "status": "$context.status",
    "latency_ms": "$context.responseLatency",
    "function_ms": "$context.integrationLatency",
    "bytes": "$context.responseLength",
    "refused_by_gateway": "$context.error.responseType",
}


def apply(account: Account, api_id: str, outputs: dict[str, str]) -> None:
    """Sets what differs on the stage; an update that changes nothing is not sent."""
    _let_it_write_logs(account, outputs["GatewayLogRoleArn"])
    client = account.client("apigateway")
    there = client.get_stage(restApiId=api_id, stageName=API_STAGE)
    changes = [change for change in wanted(outputs["AccessLogArn"]) if _value(there, change["path"]) != change["value"]]
    if changes:
        _patiently(lambda: client.update_stage(restApiId=api_id, stageName=API_STAGE, patchOperations=changes))
    say.line(f"{len(changes)} settings changed" if changes else "as it should be")


def wanted(access_log_arn: str) -> list[dict[str, str]]:
    """The stage's settings as patch operations."""
    settings = {
        "/*/*/throttling/rateLimit": str(REQUESTS_PER_SECOND),
        "/*/*/throttling/burstLimit": str(BURST),
        "/accessLogSettings/destinationArn": access_log_arn.removesuffix(":*"),
        "/accessLogSettings/format": json.dumps(ACCESS_LOG),
    }
    return [{"op": "replace", "path": path, "value": value} for path, value in settings.items()]


def _value(stage: dict[str, Any], path: str) -> str:
    if path.startswith("/accessLogSettings/"):
        return str(stage.get("accessLogSettings", {}).get(path.rpartition("/")[2], ""))
    every = stage.get("methodSettings", {}).get("*/*", {})
    match path.removeprefix("/*/*/"):
        case "throttling/rateLimit":
            return str(int(every.get("throttlingRateLimit", -1)))
        case _:
            return str(every.get("throttlingBurstLimit", -1))


def _let_it_write_logs(account: Account, role_arn: str) -> None:
    """API Gateway has one role per account and region for its logs: ours only where there is none."""
    client = account.client("apigateway")
    there = client.get_account().get("cloudwatchRoleArn")
    if there and _exists(account, there):
        return
    _patiently(lambda: client.update_account(patchOperations=[_role(role_arn)]))
    say.line("API Gateway may write logs in this account from now on")


def _role(arn: str) -> dict[str, str]:
    return {"op": "replace", "path": "/cloudwatchRoleArn", "value": arn}


def _exists(account: Account, role_arn: str) -> bool:
    """A role that was deleted stays in the setting, and the logs stay empty without a word."""
    try:
        account.client("iam").get_role(RoleName=role_arn.rpartition("/")[2])
    except ClientError as problem:
        if code_of(problem) == "NoSuchEntity":
            return False
        raise
    return True


def _patiently(change: Callable[[], object]) -> None:
    """A new role, and the account's setting of it, take a while to be believed: until then its ARN is complained of."""
    ends = time.monotonic() + _MOST_SECONDS
    while True:
        try:
            change()
        except ClientError as problem:
            if "ARN" not in str(problem) or time.monotonic() > ends:
                raise
        else:
            return
        time.sleep(_POLL_SECONDS)


def forget_role(account: Account, role_arn: str) -> None:
    """Takes the account's role away again, if it is this stage's: the role itself goes with the stack."""
    client = account.client("apigateway")
    if client.get_account().get("cloudwatchRoleArn") == role_arn:
        try:
            client.update_account(patchOperations=[_role("")])
        except ClientError as problem:
            say.line(f"API Gateway keeps the name of the log role: {problem}")
        say.line("API Gateway wrote all logs of this region with this stage's role: deploy other stages once more")
