"""A survivor has to be known, and what is known has to survive. Mutmut itself is played by a script."""

import sys
from pathlib import Path

import pytest

from tools import mutants

SHOWN = """# {name}: survived
--- shop/till.py
+++ shop/till.py
@@ -1,3 +1,3 @@
 def change(paid, due):
-    return paid - due
+    return {becomes}
"""
ACCEPTED = """
[[accepted]]
function = "shop.till._change"
was = "return paid - due"
becomes = ["return paid + due"]
because = "{because}"
"""


@pytest.fixture
def told(tmp_path: Path):
    """Says how it ends, from what each mutant came to, what it is and what is accepted."""

    def run(ends: dict[str, str], *, becomes: str = "paid + due", accepted: str = "due is 0") -> int:
        results = "".join(f"    shop.till.x_{name}: {end}\n" for name, end in ends.items())
        program = tmp_path / "mutmut"
        shown = SHOWN.format(name="{name}", becomes=becomes)
        program.write_text(
            f"#!{sys.executable}\nimport sys\n"
            f"print({results!r} if sys.argv[1] == 'results' else {shown!r}.replace('{{name}}', sys.argv[2]))\n"
        )
        program.chmod(0o755)
        known = tmp_path / "known.toml"
        known.write_text(ACCEPTED.format(because=accepted) if accepted else "accepted = []")
        return mutants.main(["--mutmut", str(program), "--accepted", str(known)])

    return run


def test_a_survivor_that_is_accepted_passes(told, capsys):
    assert told({"_change__mutmut_1": "killed", "_change__mutmut_2": "survived", "sum__mutmut_1": "timeout"}) == 0
    assert capsys.readouterr().out.splitlines()[-2].split() == ["all", "3", "2", "1", "66.7%"]


@pytest.mark.parametrize("end", ["survived", "no tests", "suspicious", "segfault", "not checked"])
def test_whatever_was_not_noticed_and_is_not_accepted_fails_and_is_shown(told, capsys, end):
    assert told({"_change__mutmut_1": end}, accepted="") == 1
    assert "  shop.till._change\n    -return paid - due\n    +return paid + due\n" in capsys.readouterr().out


def test_another_change_of_an_accepted_line_is_not_accepted(told):
    assert told({"_change__mutmut_1": "survived"}, becomes="paid * due") == 1


def test_a_change_of_another_function_is_not_accepted(told):
    assert told({"change__mutmut_1": "survived"}) == 1


def test_what_is_accepted_and_does_not_survive_any_more_fails(told, capsys):
    assert told({"_change__mutmut_1": "killed"}) == 1
    assert "Take them out of tests/mutants.toml" in capsys.readouterr().out


def test_nothing_is_accepted_without_a_reason(told):
    with pytest.raises(SystemExit, match=r"why may a mutant of shop\.till\._change survive"):
        told({"_change__mutmut_1": "survived"}, accepted=" ")


def test_where_nothing_has_run_nothing_passes(told, capsys):
    assert told({}) == 1
    assert "make mutants" in capsys.readouterr().err
