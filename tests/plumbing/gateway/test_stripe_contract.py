"""The Stripe gateway keeps the whole contract, on a wire without a socket."""

import pytest

from tests.plumbing.gateway.contract import GatewayContract, Provided
from tests.plumbing.gateway.stripe_hands import OnTheWire


class TestStripe(GatewayContract):
    @pytest.fixture
    def provider(self) -> Provided:
        return OnTheWire()
