"""The four questions: a million votes, 100,000 pre-orders, a million page views, a month of rest."""

from infra import event_sources
from tools.cost import measured
from tools.cost.measured import Measured, Used, multiplied, together
from tools.cost.prices import GB
from tools.cost.sheet import Row, Sheet, rows

MILLION, PREORDERS = 1_000_000, 100_000
FOLDED, FEW, MORE, LINES = 250, 5, 15, 100


def votes(known: Measured) -> Sheet:
    """Each a request through CDN and gateway, folded into the live tally by full events."""
    folded = known.used(f"fold_of_{FOLDED}_votes", times=MILLION / FOLDED)
    used = together(asked(known, {"vote_first": MILLION}), folded)
    return Sheet("A million votes", "First votes and repeated ones cost the same.", rows(used))


def preorders(known: Measured) -> Sheet:
    """From the first quote to the order's delivery, one at a time, which costs more than in a rush."""
    each = {"quote": measured.QUOTES, "preorder_placed": 1, "preorder_read": measured.LOOKS}
    used = together(
        asked(known, {path: times * PREORDERS for path, times in each.items()}),
        known.used("preorder_secured", times=PREORDERS),
        multiplied(batch(known, measured.BATCH), PREORDERS / measured.BATCH),
    )
    about = f"{PREORDERS // measured.BATCH:,} batches of {measured.BATCH}, from the first quote to the delivered order."
    return Sheet("100,000 pre-orders", about, rows(used, assumed=("cdn", "rest", "invocation", "rru")))


def asked(known: Measured, requests: dict[str, float], *, origin_share: float = 1) -> Used:
    """Requests by path, through the CDN; the given share of them reaches the API. Without what they set off."""
    answers = known.results["answer_bytes"]
    sent = sum(times * (answers[path] + measured.HEADER_BYTES) for path, times in requests.items())
    api = [known.used(path, "api", times=times * origin_share) for path, times in requests.items()]
    number = sum(requests.values())
    # A function at the edge says who asks, and the rate limits count what reaches the API.
    before = {"cdn": number, "edge": number, "waf": number * origin_share, "sent": sent}
    return together(before, *api)


def batch(known: Measured, size: int) -> Used:
    """What a batch takes at its end: measured at two sizes, so that what it costs for itself is told from what each of
    its pre-orders adds. Its order has a full page of lines."""
    few, more = known.used(f"batch_of_{FEW}"), known.used(f"batch_of_{MORE}")
    whole = {name: few[name] + (more[name] - few[name]) / (MORE - FEW) * (size - FEW) for name in few}
    return together(whole, known.used(f"order_of_{LINES}_lines"))


def views(known: Measured) -> Sheet:
    """First visits to a campaign in its voting."""
    looks, page = measured.SECONDS_PER_VIEW // measured.POLL_SECONDS, known.results["page"]
    requests: dict[str, float] = {"campaign_read_10_options": MILLION, "tally_read": MILLION * looks}
    fetched = page["bytes"] + page["files"] * measured.HEADER_BYTES
    files = multiplied({"cdn": page["files"], "edge": page["files"], "sent": fetched}, MILLION)
    used = together(files, asked(known, requests, origin_share=measured.ORIGIN_SHARE))
    about = f"{page['files']} files ({page['bytes']:,} bytes compressed), the campaign, {looks} looks at the tally."
    return Sheet("A million page views", about, rows(used, assumed=("cdn", "rest", "invocation", "rru")))


def rest(known: Measured) -> Sheet:
    """A month in which nobody comes."""
    ticks = known.used("idle_minute", times=measured.MONTH_MINUTES)
    seconds = measured.MONTH_MINUTES * measured.IDLE_MS / 1000
    ticks["compute"] = sum(seconds * known.memory_gb(function) for function in known.ticking)
    queues = len(event_sources.QUEUES)
    polls = measured.MONTH_MINUTES * 60 / measured.LONG_POLL_SECONDS * measured.POLLERS * queues
    fixed = (
        Row("alarms: metrics they watch", known.watched_metrics, "alarm"),
        Row("dashboards", known.count("AWS::CloudWatch::Dashboard"), "dashboard"),
        Row("rate limits: one web ACL", known.count("AWS::WAFv2::WebACL"), "waf_acl"),
        Row("rate limits: its rules", known.limits, "waf_rule"),
        Row("webhook secrets: one for each manufacturer", measured.MANUFACTURERS, "secret", assumed=True),
        Row(f"asking {queues} empty queues", polls, "sqs", assumed=True),
    )
    return Sheet(
        "A month of rest", "The schedules fire; EventBridge does not charge for its schedules.", fixed + rows(ticks)
    )


def stored(known: Measured) -> Sheet:
    """What a season leaves behind, each month."""
    sizes = known.results["stored_bytes"]
    kept = {"ballots": (MILLION, "ballot"), "pre-orders": (PREORDERS, "preorder")}
    found: list[Row] = []
    for words, (count, name) in kept.items():
        size = count * (sizes[name] + sizes[f"{name}_items"] * measured.ITEM_BYTES) / GB
        found += [Row(f"{count:,} {words}", size, "stored"), Row(f"{count:,} {words}, restorable", size, "recovery")]
    logged = next(row.quantity for row in votes(known).rows if row.price == "logged") / GB
    found.append(Row(f"logs of {MILLION:,} votes", logged, "kept", assumed=True))
    metrics = len(known.results["metric_names"])
    found.append(Row("own metrics, in a month in which all of them are counted", metrics, "metric"))
    return Sheet("Kept, a month", "", tuple(found))
