"""Which provider a stage speaks to, by its settings."""

import hashlib
import hmac
from typing import Any

from chalicelib.plumbing.clock import Clock
from chalicelib.plumbing.gateway.port import Gateway
from chalicelib.plumbing.secrets import Secrets
from chalicelib.plumbing.settings import Settings
from chalicelib.plumbing.table import Table


class NoSuchProvider(Exception):  # noqa: N818 - an alarm: nothing is paid until somebody has looked
    """The settings name a payment provider that does not exist."""


def gateway(settings: Settings, table: Table, secrets: Secrets, clock: Clock) -> Gateway:
    """Raises NoSuchProvider."""
    if settings.payment_provider == "simulated":
        return _simulated(settings, table, clock)
    if settings.payment_provider == "stripe":
        return stripe(settings, secrets)
    raise NoSuchProvider(settings.payment_provider)


def _simulated(settings: Settings, table: Table, clock: Clock) -> Gateway:
    from chalicelib.plumbing.gateway.shelf import TableShelf  # noqa: PLC0415 - of this provider only
    from chalicelib.plumbing.gateway.simulated import SimulatedProvider  # noqa: PLC0415

    return SimulatedProvider(TableShelf(table), clock, lambda: simulated_secret(settings))


def simulated_secret(settings: Settings) -> str:
    """What the provider without money signs with: no secret, since there is nothing to win."""
    return hmac.digest(b"simulated", settings.stage.encode(), hashlib.sha256).hex()


def stripe(settings: Settings, secrets: Secrets, http_client: Any = None) -> Gateway:
    """With its two secrets, which are read when they are needed. `http_client`: another wire, for tests."""
    from chalicelib.plumbing.gateway.stripe_gateway import StripeGateway  # noqa: PLC0415 - 17 MB and half a second

    name = settings.payment_secret
    return StripeGateway(lambda: secrets.read(name), lambda: secrets.read(f"{name}-events").split(), http_client)
