"""Store tests have a table of their own; what is counted and cast at work has a quick world."""

from tests.races.conftest import quick
from tests.stored import engine, stored

__all__ = ["engine", "quick", "stored"]
