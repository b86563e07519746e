"""The house stays readable: sizes, and what every refusal says."""

from pathlib import Path

import pytest

import app as _app  # noqa: F401 - imports every slice, so that every refusal is known
from chalicelib.kernel.refusals import Conflict, Forbidden, Invalid, Missing, Refusal
from tests.architecture.tree import MODULES, PACKAGE, ROOT, functions

MOST_MODULE_LINES, MOST_FUNCTION_LINES, MOST_APP_LINES = 220, 45, 60


def named(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_no_module_is_too_long(path: Path):
    assert lines(path) <= MOST_MODULE_LINES


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_no_function_is_too_long(path: Path):
    sizes = {node.name: (node.end_lineno or 0) - node.lineno + 1 for node in functions(path)}
    assert {name: size for name, size in sizes.items() if size > MOST_FUNCTION_LINES} == {}


@pytest.mark.parametrize("path", [path for path in MODULES if path.name != "__init__.py"], ids=named)
def test_every_module_says_what_it_is_for(path: Path):
    assert path.read_text().startswith('"""')


def test_app_is_a_table_of_contents():
    source = ROOT / "app.py"
    assert lines(source) < MOST_APP_LINES
    assert list(functions(source)) == []


def refusals() -> list[type[Refusal]]:
    """Every refusal of the house; those that tests make up are left out."""
    found: list[type[Refusal]] = []
    coming = list(Refusal.__subclasses__())
    while coming:
        one = coming.pop()
        found.append(one)
        coming += one.__subclasses__()
    return sorted((one for one in found if one.__module__.startswith("chalicelib.")), key=lambda one: one.__name__)


REFUSALS = refusals()
FAMILIES = (Missing, Conflict, Invalid, Forbidden)


def test_there_are_refusals_to_look_at():
    assert len(REFUSALS) > 20


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.code)
def test_every_refusal_says_what_it_is(refusal: type[Refusal]):
    assert (refusal.__doc__ or "").strip()
    assert refusal.__doc__ != Refusal.__doc__


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.code)
def test_every_refusal_is_of_one_family(refusal: type[Refusal]):
    assert len([family for family in FAMILIES if issubclass(refusal, family)]) == 1


def test_no_two_refusals_have_the_same_code():
    """A code is part of the API: a client must be able to tell them apart."""
    codes = [refusal.code for refusal in REFUSALS]
    assert sorted(codes) == sorted(set(codes))
