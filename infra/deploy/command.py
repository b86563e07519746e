"""What the commands share: what cannot go on is told in a sentence with the next step, never as a traceback."""

import sys
from collections.abc import Callable

from botocore.exceptions import BotoCoreError, ClientError

from infra.deploy.names import NotPossible

IMPOSSIBLE, REFUSED = 2, 3
_AGAIN = "What was done until here stays, and the same command goes on from there."


def run(act: Callable[[], object]) -> int:
    """The exit status: 0, 2 for what cannot be done, 3 for what AWS refused or did not answer."""
    try:
        act()
    except NotPossible as problem:
        print(f"\n{problem}", file=sys.stderr)
        return IMPOSSIBLE
    except ClientError as problem:
        error = problem.response["Error"]
        said = f"{problem.operation_name}: {error['Code']}: {error.get('Message', '')}"
        print(f"\nAWS refused {said}\n{_AGAIN}", file=sys.stderr)
        return REFUSED
    except BotoCoreError as problem:
        print(f"\nAWS did not answer as it should: {problem}\n{_AGAIN}", file=sys.stderr)
        return REFUSED
    return 0
