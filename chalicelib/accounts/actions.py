"""What happens to an account: it is remembered when it was made, since no token of the pool says so."""

from typing import Any

from chalicelib.plumbing.clock import Clock
from chalicelib.plumbing.user_pool import REGISTERED_AT, UserPool

# The same trigger tells of a password that was set anew: that makes nobody's account younger.
SIGNED_UP = "PostConfirmation_ConfirmSignUp"


def remember_sign_up(clock: Clock, pool: UserPool, event: dict[str, Any]) -> None:
    """Writes the moment of a confirmed sign-up to the account, once: what is there stays.

    A call that Cognito repeats for want of an answer may bring the attributes as they were before the first, and moves
    the moment by these seconds. Raises botocore's errors.
    """
    if event["triggerSource"] != SIGNED_UP or event["request"]["userAttributes"].get(REGISTERED_AT):
        return
    moment = str(int(clock.now().timestamp()))
    pool.write(event["userPoolId"], event["userName"], {REGISTERED_AT: moment})
