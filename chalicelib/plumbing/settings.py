"""Settings: the one door for the environment. A missing one stops the function at start, before it can do half of its
work."""

import os
from collections.abc import Mapping
from functools import cache

from chalicelib.kernel.words import Kept


class Settings(Kept):
    """What one stage is made of. Queue settings are names; addresses are looked up once per container. A stage without
    `event_bus` announces nothing."""

    stage: str
    table_name: str
    stream_arn: str
    counting_queue: str
    payments_queue: str
    following_queue: str
    orders_queue: str
    user_pool_arn: str
    user_pool_client_id: str
    webhook_secret_prefix: str
    event_bus: str = ""
    payment_provider: str = "simulated"
    # The provider's own key for pages, which is no secret; and where its secret key is kept.
    payment_publishable_key: str = ""
    payment_secret: str = ""
    # What the platform keeps of what is ordered, in hundredths of a percent.
    fee_basis_points: int = 0
    outbound_allow: frozenset[str] = frozenset()
    # Shorter only where nobody waits for days: a day of grace of the local run.
    seconds_per_day: int = 86_400
    drain_seconds: int = 12
    # How long a container may go on with what it has read of a campaign: see decision 0013.
    campaign_fresh_seconds: int = 2


def read(environment: Mapping[str, str]) -> Settings:
    """Settings from environment variables of the same names in capitals. Raises pydantic's error naming what is
    missing."""
    found = {name: environment[name.upper()] for name in Settings.model_fields if environment.get(name.upper())}
    allowed = frozenset(found.pop("outbound_allow", "").replace(",", " ").split())
    return Settings.model_validate({**found, "outbound_allow": allowed})


def on_lambda() -> bool:
    """Whether this process is a deployed function: Lambda tells its functions their names."""
    return "AWS_LAMBDA_FUNCTION_NAME" in os.environ  # noqa: TID251 - see below


@cache
def current() -> Settings:
    """The settings of this process."""
    return read(os.environ)  # noqa: TID251 - this is the door
