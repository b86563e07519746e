"""Working on a deployed stage from here: its settings, as its functions have them."""

from infra.deploy import account, config
from infra.deploy.names import Stage
from infra.deploy.stack import Stack
from infra.local import environment


def use_settings(name: str) -> dict[str, str]:
    """Makes the stage's settings this process's, and answers the stack's outputs. Raises NotPossible."""
    outputs = Stack(account.connect(), Stage(name)).outputs()
    environment.export(config.settings(outputs, config.further(outputs.get("ExtraSettings", ""))))
    return outputs
