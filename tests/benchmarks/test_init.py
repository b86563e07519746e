"""The bench of cold starts runs, and says something of every function. Its figures are the machine's."""

import json
from pathlib import Path

import pytest

from benchmarks import __main__ as benches
from benchmarks import init
from infra.deploy import policies


@pytest.fixture(scope="module")
def figures() -> dict[str, object]:
    return init.run(rounds=1)


def test_every_function_is_measured_in_every_way(figures):
    for key in ("init_ratio", "init_ratio_source_only", "init_to_usual_way"):
        assert figures[key].keys() == set(policies.functions())
        assert min(figures[key].values()) > 0
    assert {"init_ratio_usual_way", "bytecode_gain", "zip_mb"} <= figures.keys()


def test_one_bench_run_alone_keeps_what_is_known_of_the_others(tmp_path: Path, figures, monkeypatch):
    (tmp_path / "results.json").write_text(json.dumps({"benches": [], "known": 1, "zip_mb": 0}))
    monkeypatch.setattr(init, "run", lambda: figures)
    benches.main(["init"], folder=tmp_path)
    assert json.loads((tmp_path / "results.json").read_text()) == {"benches": ["init"], "known": 1, **figures}
    assert "| api_handler |" in (tmp_path / "RESULTS.md").read_text()


def test_a_package_that_does_not_run_is_no_figure(tmp_path: Path):
    with pytest.raises(RuntimeError, match="does not run"):
        init.cpu_seconds(tmp_path, "import app", {})
