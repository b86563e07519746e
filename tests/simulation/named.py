"""A check, told under its id."""

from collections.abc import Callable
from typing import Any


def named(name: str, check: Callable[..., Any], *given: Any) -> None:
    """Raises AssertionError, whose text begins with the id of what does not hold."""
    try:
        check(*given)
    except (AssertionError, LookupError) as error:
        raise AssertionError(f"{name}: {error!r}" if isinstance(error, LookupError) else f"{name}: {error}") from None
