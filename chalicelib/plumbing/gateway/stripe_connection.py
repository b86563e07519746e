"""The line to Stripe: which version of its API, how long to wait, and no retries, which are ours."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import stripe
    from stripe import V1Services

# The webhook endpoint has to be made with the same one.
API_VERSION = "2026-10-28.endive"
TIMEOUT_SECONDS = 20


class Connection:
    """Imports the library with the first call, since that takes long. Another key makes another client."""

    def __init__(
        self, api_key: Callable[[], str], http_client: "stripe.HTTPClient | None", api_base: str | None
    ) -> None:
        self._api_key, self._http_client, self._api_base = api_key, http_client, api_base
        self._made: tuple[str, stripe.StripeClient] | None = None

    @property
    def v1(self) -> "V1Services":
        key = self._api_key()
        if self._made is None or self._made[0] != key:
            self._made = key, self._client(key)
        return self._made[1].v1

    def _client(self, key: str) -> "stripe.StripeClient":
        import stripe  # noqa: PLC0415 - see the class

        # It would tell Stripe about this machine and about earlier calls.
        stripe.enable_telemetry = False
        self._http_client = self._http_client or stripe.RequestsClient(timeout=TIMEOUT_SECONDS)
        return stripe.StripeClient(
            key,
            stripe_version=API_VERSION,
            base_addresses={"api": self._api_base} if self._api_base else None,
            max_network_retries=0,
            http_client=self._http_client,
        )
