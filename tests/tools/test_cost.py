"""The money: every row is quantity times list price, the sums are sums, and a stale file is told."""

import json
from pathlib import Path
from typing import Any

import pytest

from tools.cost import __main__ as command
from tools.cost import document, measured, sheets
from tools.cost.measured import Measured, log_bytes, together
from tools.cost.prices import PRICES
from tools.cost.sheet import Row, Sheet, amount

FIGURES = {
    "wru": 0,
    "rru": 0,
    "calls": 0,
    "sqs": 0,
    "events": 0,
    "lambda_invocations": 0,
    "log_lines": 0,
    "log_bytes": 0,
}


def path(**functions: dict[str, float]) -> dict[str, dict[str, float]]:
    """What a path takes, by function, as the benchmarks write it."""
    total = {name: sum(used.get(name, 0) for used in functions.values()) for name in FIGURES}
    return {**{function: {**FIGURES, **used} for function, used in functions.items()}, "total": total}


ONCE = {"lambda_invocations": 1}
UNITS = {
    "vote_first": path(api={**ONCE, "wru": 1, "rru": 1, "log_lines": 1, "log_bytes": 200}, fold={**ONCE, "wru": 1}),
    "fold_of_250_votes": path(fold={**ONCE, "wru": 1, "rru": 1}),
    "quote": path(api={**ONCE, "rru": 2}),
    "preorder_placed": path(api={**ONCE, "wru": 13, "rru": 3}),
    "preorder_read": path(api={**ONCE, "rru": 1}),
    "preorder_secured": path(react={"lambda_invocations": 3, "wru": 7}, pay={**ONCE, "wru": 1, "sqs": 2}),
    "batch_of_5": path(follow={"lambda_invocations": 32, "wru": 10}, close_batches={**ONCE, "wru": 9}),
    "batch_of_15": path(follow={"lambda_invocations": 32, "wru": 30}, close_batches={**ONCE, "wru": 9}),
    "order_of_100_lines": path(close_batches={"wru": 11}),
    "tally_read": path(api={**ONCE, "rru": 2}),
    "campaign_read_10_options": path(api={**ONCE, "rru": 1}),
    "campaign_read_600_options": path(api={**ONCE, "rru": 14}),
    "idle_minute": path(close_voting={**ONCE, "rru": 0.5}, close_batches={**ONCE, "rru": 0.5}),
}
READ = ("vote_first", "quote", "preorder_placed", "preorder_read", "tally_read", "campaign_read_10_options")
RESULTS = {
    "request_units": UNITS,
    "answer_bytes": dict.fromkeys(READ, 500),
    "stored_bytes": {"ballot": 300, "ballot_items": 1, "preorder": 1600, "preorder_items": 4},
    "metric_names": ["ballots_cast", "preorders_placed"],
    "page": {"files": 4, "bytes": 30_000},
}
CONFIG = {"lambda_memory_size": 512, "lambda_functions": {"fold": {"lambda_memory_size": 1024}}}
ALARM = {"Type": "AWS::CloudWatch::Alarm", "Properties": {"MetricName": "Errors"}}
TWO = {"Metrics": [{"Id": "a", "MetricStat": {}}, {"Id": "b", "MetricStat": {}}, {"Id": "c", "Expression": "a/b"}]}
STACK = {
    "Resources": {"One": ALARM, "Both": {**ALARM, "Properties": TWO}, "Board": {"Type": "AWS::CloudWatch::Dashboard"}}
}


@pytest.fixture
def known() -> Measured:
    return Measured(RESULTS, CONFIG, STACK)


def by_price(sheet: Sheet) -> dict[str, Row]:
    return {row.price: row for row in sheet.rows}


def test_a_row_is_quantity_times_price():
    assert Row("table writes", 1_004_000, "wru").dollars == pytest.approx(1.004 * 0.625)
    text = Row("table writes", 3_000_000, "wru").text
    assert text == "| table writes | $0.625 / 1,000,000 write units | 3,000,000 | 1.875 |"


def test_a_guess_is_marked():
    assert Row("Lambda time", 20_000, "compute", assumed=True).text.endswith("| 0.333* |")


def test_what_is_added_up_is_added_by_its_name():
    assert together({"wru": 1, "sqs": 2}, {"wru": 3}, {}) == {"wru": 4, "sqs": 2}


def test_a_million_votes_are_a_million_requests_and_four_thousand_folds(known: Measured):
    rows = by_price(sheets.votes(known))
    assert rows["rest"].quantity == rows["cdn"].quantity == 1_000_000
    assert rows["wru"].quantity == 1_000_000 + 4_000
    assert rows["invocation"].quantity == 1_004_000
    assert rows["sent"].quantity == 1_000_000 * (500 + measured.HEADER_BYTES)
    assert sheets.votes(known).dollars == pytest.approx(sum(row.dollars for row in rows.values()))


def test_lambda_time_is_that_of_each_functions_memory(known: Measured):
    cold_ms = measured.COLD_SHARE * measured.COLD_MS
    api, fold = known.used("vote_first", "api")["compute"], known.used("vote_first", "fold")["compute"]
    assert api == pytest.approx((measured.API_MS + cold_ms) / 1000 * 0.5)
    assert fold == pytest.approx((measured.BACKGROUND_MS + cold_ms) / 1000 * 1.0)


def test_logs_are_the_functions_own_lines_and_lambdas_and_the_gateways(known: Measured):
    platform = log_bytes(*measured.PLATFORM_LINES)
    assert known.used("vote_first", "fold")["logged"] == platform
    assert known.used("vote_first", "api")["logged"] == 200 + 26 + platform + log_bytes(measured.ACCESS_LINE)


def test_a_batch_of_any_size_follows_from_two_that_were_measured(known: Measured):
    """19 writes with 5 pre-orders and 39 with 15: 9 for the batch and 2 for each; 11 for a page of lines."""
    assert sheets.batch(known, 500)["wru"] == 9 + 2 * 500 + 11
    assert sheets.batch(known, 500)["invocation"] == 33


def test_pre_orders_are_followed_from_quote_to_order(known: Measured):
    rows = by_price(sheets.preorders(known))
    per_preorder = 13 + 8 + (9 + 2 * 500 + 11) / 500
    assert rows["wru"].quantity == pytest.approx(100_000 * per_preorder)
    assert rows["rest"].quantity == 100_000 * (measured.QUOTES + 1 + measured.LOOKS)


def test_page_views_reach_the_api_in_part_only(known: Measured):
    rows, looks = by_price(sheets.views(known)), 1 + 20
    assert rows["cdn"].quantity == 1_000_000 * (4 + looks)
    assert rows["rest"].quantity == pytest.approx(1_000_000 * looks * measured.ORIGIN_SHARE)
    assert rows["edge"].quantity == 1_000_000 * (4 + looks)
    assert rows["waf"].quantity == rows["rest"].quantity


def test_rest_counts_what_alarms_watch_and_what_asks_empty_queues(known: Measured):
    rows = sheets.rest(known).rows
    assert next(row.quantity for row in rows if row.price == "alarm") == 3
    assert next(row.quantity for row in rows if row.price == "sqs") == 730 * 3600 / 20 * 5 * 4
    assert next(row.quantity for row in rows if row.price == "invocation") == 2 * 730 * 60


def test_what_is_kept_has_its_overhead(known: Measured):
    assert sheets.stored(known).rows[0].quantity == pytest.approx(1_000_000 * (300 + 100) / 1e9)


def test_the_document_is_short_and_every_row_can_be_checked(known: Measured):
    text = document.text(known)
    assert len(text.splitlines()) < 120
    for sheet in (sheets.votes(known), sheets.preorders(known), sheets.views(known), sheets.rest(known)):
        for row in sheet.rows:
            assert f" {row.cells} |" in text
    for price in PRICES.values():
        assert f"{price.service} {price.text}" in text


def test_the_document_says_how_far_the_goal_is(known: Measured):
    assert f"**${sheets.votes(known).dollars:.2f}**" in document.text(known)
    assert "The goal is $2.00" in document.text(known)


@pytest.mark.parametrize(
    ("quantity", "text"), [(1_004_000, "1,004,000"), (3, "3"), (0.4321987, "0.4322"), (150.4, "150")]
)
def test_quantities_are_written_for_people(quantity: float, text: str):
    assert amount(quantity) == text


def test_a_stale_file_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file = tmp_path / "COST.md"
    assert command.check("new", file) == 1
    file.write_text("new")
    assert command.check("new", file) == 0
    assert command.check("newer", file) == 1
    assert "make cost" in capsys.readouterr().err


def test_missing_figures_are_told_with_the_next_step(tmp_path: Path):
    with pytest.raises(FileNotFoundError, match="make bench"):
        measured.read(tmp_path / "results.json")


def test_the_figures_of_the_benchmarks_are_enough():
    """The real ones have everything that is asked of them; the numbers are the benchmarks' own matter."""
    if not measured.RESULTS.exists():
        pytest.skip("no figures yet: run `make bench`")
    real: dict[str, Any] = json.loads(measured.RESULTS.read_text())
    if "request_units" not in real:
        pytest.skip("no request units yet: run `python -m benchmarks request_units`")
    assert sheets.votes(measured.read()).dollars > 0
    assert document.text(measured.read()).startswith("# What it costs")
