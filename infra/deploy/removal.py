"""Deleting the stack, and naming what its protection keeps."""

import time
from typing import Any

from infra.deploy.names import NotPossible
from infra.deploy.stack import Stack

_MOST_SECONDS = 45 * 60
# Where each kind of thing that may be kept is let go of.
_LET_GO = {
    "AWS::DynamoDB::Table": "aws dynamodb update-table --no-deletion-protection-enabled --table-name {id}, then "
    "aws dynamodb delete-table --table-name {id}; its backups can be restored for 35 days",
    "AWS::Cognito::UserPool": "aws cognito-idp update-user-pool --deletion-protection INACTIVE --user-pool-id {id}, "
    "then aws cognito-idp delete-user-pool --user-pool-id {id}",
    "AWS::S3::Bucket": "aws s3 rb --force s3://{id} (its versions have to be deleted first)",
}


def remove(stack: Stack) -> list[str]:
    """Deletes the stack. What cannot be deleted is let out of it and answered, each with the way to let it go."""
    cloudformation: Any = stack.account.client("cloudformation")
    cloudformation.delete_stack(StackName=stack.stage.stack)
    if _gone(stack):
        return []
    kept = [
        one
        for one in cloudformation.describe_stack_resources(StackName=stack.stage.stack)["StackResources"]
        if one["ResourceStatus"] == "DELETE_FAILED"
    ]
    strange = [one for one in kept if one["ResourceType"] not in _LET_GO]
    if strange or not kept:
        reasons = "; ".join(f"{one['LogicalResourceId']}: {one.get('ResourceStatusReason', '')}" for one in strange)
        raise NotPossible(f"The stack {stack.stage.stack} could not be deleted: {reasons}. Mend it and run this again.")
    cloudformation.delete_stack(StackName=stack.stage.stack, RetainResources=[one["LogicalResourceId"] for one in kept])
    if not _gone(stack):
        raise NotPossible(
            f"The stack {stack.stage.stack} could not be deleted: look at its events, then run this again."
        )
    return [_told(one) for one in kept]


def _told(resource: dict[str, Any]) -> str:
    kind, name = resource["ResourceType"], resource["PhysicalResourceId"]
    return f"{kind.rpartition('::')[2].lower()} {name}: protected. To delete it: {_LET_GO[kind].format(id=name)}"


def _gone(stack: Stack) -> bool:
    """Waits for the end of a deletion; whether nothing is left."""
    ends = time.monotonic() + _MOST_SECONDS
    while time.monotonic() < ends:
        found = stack.describe()
        if found is None or found["StackStatus"] == "DELETE_COMPLETE":
            return True
        if found["StackStatus"] == "DELETE_FAILED":
            return False
        time.sleep(stack.poll_seconds)
    raise NotPossible(f"The stack {stack.stage.stack} is still being deleted: look at its events, then run this again.")
