"""docs/COST.md: the answers first, then each row, then the prices."""

from collections.abc import Iterable

from tools.cost import measured, sheets
from tools.cost.measured import Measured
from tools.cost.prices import AS_OF, PRICES, REGION
from tools.cost.sheet import WORDS, Sheet, rows

GOAL, USUAL = 2.00, 7.07
HEAD = f"""# What it costs

Written by `python -m tools.cost`: quantities that were counted (`python -m benchmarks request_units`), times list
prices. {REGION}, {AS_OF}, without free tiers, discounts, taxes and support. Request units follow AWS's documented
rules, not an emulator's figures. What rests on a guess is marked with a star; no AWS account was used.
"""
SIGNING_IN = """
**Not in these sums: signing in.** Cognito takes ${essentials} for each person who signs in within a month (an account
has 10,000 free): a million votes of a million people is ${people:,.0f} there, and {lite:.0%} of that in the tier Lite,
which has no codes by e-mail. It is by far the largest cost of a large campaign. The e-mails with the codes come on top.
"""
GOAL_TEXT = """
## Against the goal

The goal is ${goal:.2f} for a million votes, all in; the usual way, a transaction on a counter, takes ${usual:.2f}. We
are at **${votes:.2f}**. The table does what was planned: {per_vote:.3f} write units a vote, ${table:.2f} a million. The
rest is the way there. The REST API, the only kind of HTTP front that Chalice deploys, takes ${rest:.2f}, the CDN before
it ${cdn:.2f}, the rate limits ${limits:.2f} (`RATE_LIMITS=off` leaves them out). With an HTTP API it would be
${http:.2f}, with a function URL behind the CDN ${url:.2f}, with one that is asked past the CDN ${bare:.2f}.
"""
CHECKED = {"page": "worked example of the page", "guide": "published summaries", "": "not checked"}


def text(known: Measured) -> str:
    votes, preorders, views = sheets.votes(known), sheets.preorders(known), sheets.views(known)
    rest, stored = sheets.rest(known), sheets.stored(known)
    every = (votes, preorders, views, rest, stored)
    lines = [HEAD, *_summary(every), _signing_in() + _goal(known, votes).rstrip(), *_drivers(votes, preorders, views)]
    lines += _side_by_side((votes, preorders, views))
    for sheet in (rest, stored):
        lines += sheet.lines()
    return "\n".join([*lines, *_sensitivity(known, votes, views), *_assumed(), *_prices()]) + "\n"


def _summary(every: Iterable[Sheet]) -> Iterable[str]:
    yield from ("| question | dollars |", "|---|---|")
    yield from (f"| {sheet.title.lower()} | {sheet.dollars:,.2f} |" for sheet in every)


def _signing_in() -> str:
    essentials, lite = PRICES["mau"].dollars, PRICES["mau_lite"].dollars
    return SIGNING_IN.format(essentials=essentials, people=sheets.MILLION * essentials, lite=lite / essentials)


def _goal(known: Measured, votes: Sheet) -> str:
    by_price, units = {row.price: row.dollars for row in votes.rows}, known.results["request_units"]
    folded = units[f"fold_of_{sheets.FOLDED}_votes"]["total"]["wru"] / sheets.FOLDED
    url = votes.dollars - by_price["rest"]
    return GOAL_TEXT.format(
        limits=by_price["waf"] + by_price["edge"],
        goal=GOAL,
        usual=USUAL,
        votes=votes.dollars,
        per_vote=units["vote_first"]["api"]["wru"] + folded,
        table=by_price["wru"] + by_price["rru"],
        rest=by_price["rest"],
        cdn=by_price["cdn"],
        http=url + by_price["rest"] / PRICES["rest"].dollars * PRICES["http"].dollars,
        url=url,
        bare=url - by_price["cdn"],
    )


LOWER = {
    "rest": "an HTTP API ($1.00 instead of $3.50 a million), or a function URL (nothing), instead of the REST API",
    "cdn": "fewer looks: the page asks for the tally every 3 s, and each look is a request even when the CDN answers",
    "wru": "nothing simple: a promise and its claim are one unit each; what is left is payment, securing and following",
    "sent": "a tally that says only what has changed; fewer looks",
    "compute": "arm64 (20 % less), less memory, shorter calls",
    "logged": "JSON platform logs of errors only, a shorter access log",
    "invocation": "nothing worth it",
    "rru": "remembering the campaign for some seconds in the function",
    "sqs": "larger batches of messages",
}


def _drivers(*every: Sheet) -> Iterable[str]:
    yield from ("", "## What drives it, and what would lower it", "")
    yield from ("| of | the three largest | what would lower the first |", "|---|---|---|")
    for sheet in every:
        largest = sheet.largest(3)
        shares = ", ".join(f"{row.what} {row.dollars / sheet.dollars:.0%}" for row in largest)
        yield f"| {sheet.title.lower()} | {shares} | {LOWER[largest[0].price]} |"


def _side_by_side(several: tuple[Sheet, ...]) -> Iterable[str]:
    """The same things at the same prices, once for each question."""
    yield from ("", "## Row by row", "")
    yield from (f"- {sheet.title}: {sheet.about}" for sheet in several)
    yield ""
    yield "| what | list price |" + "".join(f" {sheet.title.lower()} | dollars |" for sheet in several)
    yield "|---|---|" + "---|---|" * len(several)
    for name, words in WORDS.items():
        cells = (next((row.cells for row in sheet.rows if row.price == name), "|") for sheet in several)
        yield f"| {words} | {PRICES[name].text} | {' | '.join(cells)} |"
    yield "| **sum** | | " + " | ".join(f"| **{sheet.dollars:,.2f}**" for sheet in several) + " |"


def _sensitivity(known: Measured, votes: Sheet, views: Sheet) -> Iterable[str]:
    ten_ms = sheets.MILLION * 0.010 * known.memory_gb("api") * PRICES["compute"].dollars
    read = known.results["request_units"]["campaign_read_600_options"]["total"]["rru"] - 1
    lonely = sum(row.dollars for row in rows(known.used("vote_first", "fold", times=sheets.MILLION)))
    api = {"rest", "invocation", "compute", "rru", "logged"}
    origin = sum(row.dollars for row in views.rows if row.price in api) / measured.ORIGIN_SHARE
    guessed = sum(row.dollars for row in votes.rows if row.assumed)
    yield from ("", "## If a guess is wrong", "")
    yield f"- Of the ${votes.dollars:.2f} for a million votes, ${guessed:.2f} rest on guesses."
    yield f"- Each 10 ms more for a vote add ${ten_ms:.2f} to a million; twice the memory doubles Lambda's time."
    yield f"- Votes that come one by one, each folded by itself, add ${lonely:.2f} to a million."
    yield f"- A campaign of 600 options adds ${read * PRICES['rru'].dollars:.2f} to a million votes: each reads it."
    yield f"- If nobody shared the CDN's answers, the API's part of a million page views would be ${origin:,.0f}."


def _assumed() -> Iterable[str]:
    yield from ("", "## Assumed", "", measured.ASSUMED)


def _prices() -> Iterable[str]:
    yield from ("", f"## List prices, {REGION}, {AS_OF}", "", "| page | prices | seen |", "|---|---|---|")
    for page in dict.fromkeys(price.page for price in PRICES.values()):
        named = [price for price in PRICES.values() if price.page == page]
        seen = "; ".join(dict.fromkeys(CHECKED[price.checked] for price in named))
        yield f"| {page} | {'; '.join(f'{price.service} {price.text}' for price in named)} | {seen} |"
