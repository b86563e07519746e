"""A restored table in place of the stack's own: which parameters move a stage over to it, and back."""

from botocore.exceptions import ClientError

from infra.deploy.account import Account, code_of
from infra.deploy.names import NotPossible

# What `--table` is given to go back to the table that the stack made.
OWN = "own"


def parameters(account: Account, table: str | None) -> dict[str, str]:
    """The stack's parameters for this table; none when none is asked for. Raises NotPossible when it cannot serve."""
    if table is None:
        return {}
    if table == OWN:
        return {"RestoredTable": "", "RestoredStreamArn": ""}
    try:
        found = account.client("dynamodb").describe_table(TableName=table)["Table"]
    except ClientError as problem:
        if code_of(problem) == "ResourceNotFoundException":
            raise NotPossible(f"There is no table {table} in {account.region}.") from None
        raise
    stream = found.get("LatestStreamArn")
    if found["TableStatus"] != "ACTIVE" or not stream:
        state = f"{found['TableStatus']} and has {'a' if stream else 'no'} stream"
        raise NotPossible(f"The table {table} is {state}: run `make restore` again.")
    return {"RestoredTable": table, "RestoredStreamArn": stream}
