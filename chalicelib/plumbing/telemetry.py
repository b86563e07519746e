"""What the running system says: structured logs, metrics in CloudWatch's embedded format, traces where they are
switched on.

Nothing that a fan typed and no token is ever logged: ids, codes and counts are.
"""

import os
from collections.abc import Callable
from functools import cache, wraps
from threading import Lock
from typing import Any, TypeVar, cast

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from chalicelib.plumbing import settings

log = Logger(service="groundswell")
# A function answers one request at a time, the local run several: one must not write out what another is adding.
_one_at_a_time = Lock()

H = TypeVar("H", bound=Callable[..., Any])


@cache
def _metrics() -> Metrics:
    """The stage is a dimension: several stages of one account must not share their figures."""
    metrics = Metrics(namespace="Groundswell", service="groundswell")
    metrics.set_default_dimensions(stage=settings.current().stage)
    return metrics


def count(name: str, units: int = 1) -> None:
    """Adds to a metric of this invocation; written out when the handler ends."""
    with _one_at_a_time:
        _metrics().add_metric(name=name, unit=MetricUnit.Count, value=units)


def flush() -> None:
    """Writes the metrics of this invocation, if there are any, as one line."""
    with _one_at_a_time:
        if _metrics().metric_set:
            _metrics().flush_metrics()


def traced(name: str) -> Callable[[H], H]:
    """Wraps a handler in an X-Ray segment when TRACING=on. The tracing SDK costs half a second to import: off, it is
    not."""

    def wrap(handler: H) -> H:
        if os.environ.get("TRACING") != "on":  # noqa: TID251 - read at import, before settings can exist
            return handler
        from aws_lambda_powertools import Tracer  # noqa: PLC0415

        tracer = Tracer(service="groundswell")

        @wraps(handler)
        def run(*given: Any) -> Any:
            with tracer.provider.in_subsegment(name=name):
                return handler(*given)

        return cast("H", run)

    return wrap
