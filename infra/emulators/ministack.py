"""MiniStack with its gaps closed, started by its own interpreter: `python -m infra.emulators.ministack`.

- ImportRestApi and PutRestApi take the document that `chalice deploy` sends; MiniStack's importer is reachable from
  CloudFormation only. The answer of a MOCK integration (a CORS preflight's) is kept.
- AWS::Cognito::ManagedLoginBranding, which has no effect beyond the look of the sign-in page, is accepted.
- So are alarms on metric math.
- A confirmed sign-up verifies the address that the code was sent to, and tells the pool's PostConfirmation trigger.
- Deletion protection of a table and a user pool holds against the deletion of their stack too.
- A stream mapping with a tumbling window names the shard to its function, as Lambda does; the emulator has no windows.
- Functions run on a bare interpreter: what the package forgot must not be found in the emulator's own packages.

Only the emulator's packages can be imported here, none of the project's.
"""

import json
import os
import stat
import sys
import time
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any

import ministack.services.apigateway_v1 as gateway
import ministack.services.cognito as people
import ministack.services.lambda_svc as functions
from ministack.core import lambda_runtime
from ministack.services.cloudformation import provisioners

Answer = Any
_WINDOW = "TumblingWindowInSeconds"
_SHARD = "shardId-00000000000000000000-00000000"
_BARE_PYTHON = f'#!/bin/sh\nexec {sys.base_prefix}/bin/python3 -S -E "$@"\n'


def main() -> None:
    answer_mock_integrations()
    import_api_documents()
    accept_login_branding()
    accept_metric_math()
    tell_of_sign_ups()
    protect_from_deletion()
    name_shards_in_windows()
    run_functions_bare(Path(os.environ["STATE_DIR"]))  # noqa: TID251 - given by infra.local.engine
    from ministack.app import main as serve  # noqa: PLC0415 - after the gaps are closed

    serve()


def answer_mock_integrations() -> None:
    """The importer drops what a MOCK integration answers; put it where its own API would have put it."""
    original = gateway._import_operation

    def import_operation(api_id: str, resource_id: str, method: str, operation: Any, *rest: Any) -> None:
        original(api_id, resource_id, method, operation, *rest)
        integration = (operation or {}).get("x-amazon-apigateway-integration") or {}
        if str(integration.get("type")).lower() != "mock":
            return
        gateway._put_integration(api_id, resource_id, method, {**integration, "type": "MOCK"})
        for pattern, response in integration.get("responses", {}).items():
            answer = {**response, "selectionPattern": "" if pattern == "default" else pattern}
            gateway._put_integration_response(api_id, resource_id, method, str(response["statusCode"]), answer)

    gateway._import_operation = import_operation


def import_api_documents() -> None:
    original = gateway.handle_request

    async def handle_request(method: str, path: str, headers: Any, body: bytes, query: Any) -> Answer:
        parts = path.strip("/").split("/")
        document = _api_document(method, parts, body)
        if document is None:
            return await original(method, path, headers, body, query)
        return _import(document) if method == "POST" else _replace(parts[1], document)

    gateway.handle_request = handle_request


def _api_document(method: str, parts: list[str], body: bytes) -> dict[str, Any] | None:
    importing = parts[0] == "restapis" and (method, len(parts)) in {("POST", 1), ("PUT", 2)}
    document = json.loads(body) if importing and body else {}
    return document if "swagger" in document or "openapi" in document else None


def _import(document: dict[str, Any]) -> Answer:
    return gateway._get_rest_api(gateway._import_rest_api(document))


def _replace(api_id: str, document: dict[str, Any]) -> Answer:
    """PutRestApi with mode=overwrite: the same id, another tree of resources."""
    fresh = gateway._import_rest_api(document)
    for store in (gateway._resources, gateway._authorizers_v1):
        store[api_id] = store.pop(fresh)
    gateway._delete_rest_api(fresh)
    return gateway._get_rest_api(api_id)


def accept_login_branding() -> None:
    def create(logical_id: str, _properties: Any, stack_name: str) -> tuple[str, dict[str, Any]]:
        return f"{stack_name}-{logical_id}", {}

    def delete(_physical_id: str, _properties: Any) -> None:
        return None

    provisioners._RESOURCE_HANDLERS["AWS::Cognito::ManagedLoginBranding"] = {"create": create, "delete": delete}


def name_shards_in_windows() -> None:
    update, execute = functions._update_esm, functions._execute_function

    def update_mapping(mapping_id: str, wanted: dict[str, Any]) -> Answer:
        mapping = functions._esms.get(mapping_id)
        if mapping is not None and _WINDOW in wanted:
            mapping[_WINDOW] = wanted[_WINDOW]
        return update(mapping_id, wanted)

    def invoke(function: Any, event: Any, *rest: Any, **options: Any) -> Answer:
        if isinstance(event, dict) and _has_window(function, event):
            moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            window = {"window": {"start": moment, "end": moment}, "state": {}, "shardId": _SHARD}
            event = {**event, **window, "isFinalInvokeForWindow": False, "isWindowTerminatedEarly": False}
        return execute(function, event, *rest, **options)

    functions._update_esm, functions._execute_function = update_mapping, invoke


def _has_window(function: Any, event: dict[str, Any]) -> bool:
    records = event.get("Records") or [{}]
    if records[0].get("eventSource") != "aws:dynamodb":
        return False
    name = (function.get("config") or function)["FunctionName"]
    every = (mapping for *_, mapping in functions._iter_all_esms())
    return any(mapping["FunctionName"] == name and mapping.get(_WINDOW) for mapping in every)


def tell_of_sign_ups() -> None:
    confirm = people._confirm_sign_up

    def confirm_sign_up(wanted: dict[str, Any]) -> Answer:
        answer = confirm(wanted)
        if answer[0] != HTTPStatus.OK:
            return answer
        pool_id, pool = next(one for one in people._user_pools.items() if wanted["ClientId"] in one[1]["_clients"])
        user, _ = people._resolve_user(pool, wanted["Username"])
        attributes = people._attr_list_to_dict(user["Attributes"])
        if "email" in pool.get("AutoVerifiedAttributes", []) and "email" in attributes:
            attributes["email_verified"] = "true"
            user["Attributes"] = people._dict_to_attr_list(attributes)
        function = (pool.get("LambdaConfig") or {}).get("PostConfirmation")
        event = {
            "version": "1",
            "triggerSource": "PostConfirmation_ConfirmSignUp",
            "region": people._pool_region(pool_id),
            "userPoolId": pool_id,
            "userName": user["Username"],
            "callerContext": {"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": wanted["ClientId"]},
            "request": {"userAttributes": {**attributes, "cognito:user_status": user["UserStatus"]}},
            "response": {},
        }
        return (_refused_by(function, event) if function else None) or answer

    people._confirm_sign_up = confirm_sign_up


def _refused_by(function: str, event: dict[str, Any]) -> Answer | None:
    """Cognito's answer when a trigger fails or does not hand the event back; None when all is well."""
    record, config, _ = functions._get_func_record_for_ref(function)
    if record is None:
        return people.error_response_json("UnexpectedLambdaException", f"there is no function {function}", 400)
    told = functions._execute_function_with_config_scope(functions._execution_record_for_config(record, config), event)
    if told.get("error"):
        return people.error_response_json("UserLambdaValidationException", str(told.get("body")), 400)
    body = told.get("body")
    handed_back = json.loads(body) if isinstance(body, str | bytes) else body
    if handed_back != event:
        return people.error_response_json("InvalidLambdaResponseException", str(handed_back), 400)
    return None


def accept_metric_math() -> None:
    """An alarm over an expression is kept by the first metric that it uses: it is there, and its rule is not tried."""
    original = provisioners._cw_metric_alarm_record

    def keep(name: str, properties: dict[str, Any]) -> Any:
        used = next((one["MetricStat"] for one in properties.get("Metrics", []) if "MetricStat" in one), None)
        if used is None:
            return original(name, properties)
        plain = {key: value for key, value in properties.items() if key != "Metrics"}
        return original(name, {**plain, **used["Metric"], "Period": used["Period"], "Statistic": used["Stat"]})

    provisioners._cw_metric_alarm_record = keep


def protect_from_deletion() -> None:
    """What has deletion protection fails to be deleted with its stack, as on AWS."""
    for kind, is_protected in _PROTECTED.items():
        handler = provisioners._RESOURCE_HANDLERS[kind]
        handler["delete"] = _guarded(handler["delete"], is_protected)


def _guarded(delete: Callable[[str, Any], None], is_protected: Callable[[Any], bool]) -> Callable[[str, Any], None]:
    def guarded(physical_id: str, properties: Any) -> None:
        if is_protected(properties):
            raise ValueError(f"{physical_id} is protected from deletion")
        delete(physical_id, properties)

    return guarded


_PROTECTED: dict[str, Callable[[Any], bool]] = {
    "AWS::DynamoDB::Table": lambda properties: str(properties.get("DeletionProtectionEnabled")).lower() == "true",
    "AWS::Cognito::UserPool": lambda properties: properties.get("DeletionProtection") == "ACTIVE",
}


def run_functions_bare(state: Path) -> None:
    launcher = state / "bare-python"
    launcher.write_text(_BARE_PYTHON)
    launcher.chmod(launcher.stat().st_mode | stat.S_IXUSR)
    original = lambda_runtime._detect_runtime_binary

    def detect(runtime: str) -> tuple[str, str]:
        binary, script = original(runtime)
        return (str(launcher) if runtime.startswith("python") else binary), script

    lambda_runtime._detect_runtime_binary = detect


if __name__ == "__main__":
    main()
