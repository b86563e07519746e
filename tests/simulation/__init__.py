"""Whole histories in one thread, from one seed each.

The environment comes before anything that reads it at import, also where pytest has not been there.
"""

from tests import conftest  # noqa: F401
