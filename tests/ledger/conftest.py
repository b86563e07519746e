"""Store tests have a table of their own."""

from tests.stored import engine, stored

__all__ = ["engine", "stored"]
