"""Least privilege, watched: whatever AWS call a function makes in a test is held against that function's policy.

A call is judged before it is made, so that a test ends with Forbidden where the cloud would say AccessDenied. Which
grant allowed what can be noted: tests/infra/test_policies.py asks for those that are never needed.

Calls outside of functions are not judged: a test that looks into its table, the pump that reads a queue.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any
from weakref import WeakSet

from botocore.handlers import BUILTIN_HANDLERS
from chalice.app import Chalice

from chalicelib.plumbing import ports
from chalicelib.plumbing.settings import Settings
from infra.deploy import policies
from infra.deploy.names import API_HANDLER
from tests import iam
from tests.iam import Grant, Question

Used = dict[str, set[Grant]]
_running: ContextVar[str] = ContextVar("running", default="")
_notebooks: list[Used] = []
_watched: WeakSet[Chalice] = WeakSet()


class Forbidden(BaseException):
    """The cloud would say AccessDenied. No Exception: no handler may take it for a bad moment and try again."""


# -- who is running --------------------------------------------------------------------------------------------------


def watch(app: Chalice) -> None:
    """From here on the app's doors tell which function is running."""
    if app in _watched:
        return
    _watched.add(app)
    app.register_middleware(_inside(API_HANDLER), "http")
    for source in (*app.event_sources, *app.pure_lambda_functions):
        handler = app.handler_map[source.name]
        # A handler that has run before has built its chain of middleware, and must build it anew.
        handler.middleware_handlers, handler.handler = [_inside(source.name)], None


def _inside(function: str) -> Callable[[Any, Callable[[Any], Any]], Any]:
    """Middleware: as long as a call goes on, this function's policy counts."""

    def entered(event: Any, go_on: Callable[[Any], Any]) -> Any:
        token = _running.set(function)
        try:
            return go_on(event)
        finally:
            _running.reset(token)

    return entered


# -- what they may do ------------------------------------------------------------------------------------------------


def values(settings: Settings) -> dict[str, str]:
    """What a deployment would put into the policies of the stage with these settings."""
    outputs = {
        "".join(part.title() for part in name.split("_")): value
        for name, value in settings.model_dump().items()
        if isinstance(value, str)
    }
    made = {
        "TableArn": iam.ARN.format("dynamodb", f"table/{settings.table_name}"),
        "StreamFailuresArn": iam.ARN.format("sqs", f"groundswell-{settings.stage}-stream-failures"),
        # A stage always has a bus; a test may do without.
        "EventBus": settings.event_bus or f"groundswell-{settings.stage}",
    }
    return {**outputs, **made, **iam.PLACE}


@cache
def granted(function: str, settings: Settings) -> tuple[Grant, ...]:
    """All that the policy of a function allows, in its order."""
    return tuple(iam.grants(policies.render(function, values(settings))))


@cache
def _candidates(function: str, settings: Settings, action: str, resource: str) -> tuple[Grant, ...]:
    """Kept, since only keys differ from call to call."""
    return tuple(grant for grant in granted(function, settings) if grant.fits(action, resource))


def judge(function: str, question: Question, settings: Settings) -> None:
    """Raises Forbidden unless the function's policy allows it. The first grant that does counts as used: another one
    that allows the same is superfluous."""
    for grant in _candidates(function, settings, question.action, question.resource):
        if iam.like(grant.key, question.key):
            for notebook in _notebooks:
                notebook[function].add(grant)
            return
    about = f" (partition key {question.key})" if question.key else ""
    raise Forbidden(
        f"the function {function} may not {question.action} on {question.resource}{about}: "
        f".chalice/policies/{function}.json does not grant it"
    )


@contextmanager
def noted() -> Iterator[Used]:
    """Notes by function which grants are used while this is open."""
    _notebooks.append(defaultdict(set))
    try:
        yield _notebooks[-1]
    finally:
        _notebooks.pop()


# -- where calls are seen --------------------------------------------------------------------------------------------


def called(service: str, operation: str, request: dict[str, Any]) -> None:
    """Judges a call, if a function makes it. The policy is that of the stage whose ports are in use."""
    if function := _running.get():
        settings = ports.current().settings
        for question in iam.questions(service, operation, request):
            judge(function, question, settings)


class Watched:
    """A client that is not boto3's, judged like one."""

    def __init__(self, service: str, client: Any) -> None:
        self._service, self._client = service, client

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._client, name)
        operation = "".join(part.title() for part in name.split("_"))

        def call(*arguments: Any, **request: Any) -> Any:
            called(self._service, operation, request)
            return method(*arguments, **request)

        return call if callable(method) else method


def _by_boto3(params: dict[str, Any], model: Any, **_: Any) -> None:
    called(model.service_model.service_name, model.name, params)


# Every boto3 session that is made from here on takes its handlers from this list; moto comes in by the same door.
BUILTIN_HANDLERS.append(("before-parameter-build", _by_boto3))
