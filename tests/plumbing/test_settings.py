"""Settings: a missing one stops the function before it can do half of its work (F33)."""

import pytest
from pydantic import ValidationError

from chalicelib.plumbing import settings
from tests.conftest import ENVIRONMENT

NEEDED = sorted(name.upper() for name, field in settings.Settings.model_fields.items() if field.is_required())


def test_settings_are_read_from_variables_of_their_names():
    found = settings.read({**ENVIRONMENT, "DRAIN_SECONDS": "1"})
    assert (found.stage, found.table_name, found.drain_seconds) == ("test", "groundswell-test", 1)


@pytest.mark.parametrize("name", NEEDED)
@pytest.mark.parametrize("how", ["left out", "left empty"])
def test_a_missing_setting_is_named(name, how):
    environment = {**ENVIRONMENT, name: ""}
    if how == "left out":
        del environment[name]
    with pytest.raises(ValidationError, match=name.lower()):
        settings.read(environment)


def test_nothing_local_is_allowed_unless_it_is_said():
    """W1: a deployment without the setting calls nothing inside a network."""
    assert settings.read(ENVIRONMENT).outbound_allow == frozenset()
    assert settings.read({**ENVIRONMENT, "OUTBOUND_ALLOW": ""}).outbound_allow == frozenset()


def test_local_endpoints_are_a_list_of_pairs():
    found = settings.read({**ENVIRONMENT, "OUTBOUND_ALLOW": "127.0.0.1:8001,127.0.0.1:8002,"})
    assert found.outbound_allow == {"127.0.0.1:8001", "127.0.0.1:8002"}


@pytest.mark.parametrize("text", ["soon", "1.5", "-"])
def test_a_wait_that_is_no_number_is_refused(text):
    with pytest.raises(ValidationError, match="drain_seconds"):
        settings.read({**ENVIRONMENT, "DRAIN_SECONDS": text})
