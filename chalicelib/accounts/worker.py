"""Background door of accounts: what the user pool tells of sign-ups."""

from functools import partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from chalice.app import Blueprint

from chalicelib.accounts import actions
from chalicelib.plumbing import aws, ports, telemetry
from chalicelib.plumbing.user_pool import UserPool

blueprint = Blueprint(__name__)
_pool = UserPool(partial(aws.client, "cognito-idp"))


@blueprint.lambda_function()
@telemetry.traced("remember_sign_up")
def remember_sign_up(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """The pool's PostConfirmation trigger. Answers the event, as Cognito demands, within its five seconds.

    An account whose moment could not be written is let in all the same: it is confirmed by now, and an error would only
    tell somebody who cannot help it. An alarm tells those who can.
    """
    try:
        actions.remember_sign_up(ports.current().clock, _pool, event)
    except (ClientError, BotoCoreError):
        telemetry.log.exception("an account does not know its age", extra={"subject": event["userName"]})
        telemetry.count("sign_ups_unremembered")
    finally:
        telemetry.flush()
    return event
