import type { Problem } from "../api/problem";
import type { Batch, Campaign, Quote, Wanted } from "../api/types";
import { useSpeech, type Speech } from "../i18n/Language";
import { Button } from "../ui/Button";
import { Outcome, type Told } from "../ui/Outcome";
import { lazily } from "../ui/lazily";
import { Loading } from "../ui/States";
import { asked, drawnWave, forEverybodyFrom, isWaveProblem, nextWave, standingOf } from "../waves/waves";
import { PriceLadder } from "./PriceLadder";
import { unitsToGo } from "./choice";
import type { Quoting } from "./useQuote";

const Parts = lazily("parts", async () => (await import("./Parts")).Parts, "sale");

interface Props {
  campaign: Campaign;
  batches: Batch[];
  quoting: Quoting;
  wanted: Wanted;
  now: number;
  /** Sold out, but something may come back. */
  canWait: boolean;
  /** Why the pre-order that was just tried was refused. */
  refused: Problem | null;
  onReview: (quote: Quote) => void;
}

/** What the chosen variant costs at most and by today's count, when it ships, and how near the next price is. */
export function PriceSummary({ campaign, batches, quoting, wanted, now, canWait, refused, onReview }: Props) {
  const speech = useSpeech();
  const { t, money } = speech;
  const { quote, problem, pending, refresh } = quoting;
  const wants = wanted.lines.reduce((sum, line) => sum + line.quantity, 0);
  const units = quote ? t("configurator.units", { count: quote.units }) : "";
  return (
    <>
      <Outcome told={refused && { tone: "bad", text: speech.problem(refused) }} />
      {!quote && !problem && <Loading lines={4} />}
      {problem && (
        <Outcome told={canWait ? { tone: "plain", text: t(wants > 1 ? "waiting.soManyNot" : "waiting.soldOut") } : whyNot(problem, campaign, wanted, now, speech)} />
      )}
      {quote && <Price quote={quote} />}
      {quote && quote.parts.length > 1 && <Parts parts={quote.parts} currency={quote.currency} />}
      {quote?.cap_met_now != null && (
        <p class={quote.cap_met_now ? "notice notice-good" : "notice"}>{t(quote.cap_met_now ? "extras.capMet" : "extras.capMissed")}</p>
      )}
      <p class="visually-hidden" role="status">
        {quote && !pending && t("configurator.spoken", { units, most: money(quote.total_most_minor, quote.currency) })}
      </p>
      {quote && (
        <Button kind="primary" working={pending} onClick={() => onReview(quote)}>
          {t(pending ? "configurator.pricing" : "configurator.review")}
        </Button>
      )}
      {problem && !isExpected(problem) && <Button onClick={refresh}>{t("app.tryAgain")}</Button>}
      {quote && quote.parts.length < 2 && <PriceLadder campaign={campaign} nextTier={quote.next_tier} unitsToGo={unitsToGo(quote, batches)} />}
    </>
  );
}

/** Trying again by hand would change nothing: these are looked at again by themselves. */
const isExpected = (problem: Problem) => problem.code === "batch_full" || isWaveProblem(problem.code);

/** Why there is no price: what is still to be said, or when the door opens, rather than only that it is shut. */
function whyNot(problem: Problem, campaign: Campaign, wanted: Wanted, now: number, speech: Speech): Told | null {
  const { t, soon, ahead } = speech;
  if (problem.code === "batch_full") return { tone: "plain", text: t("waiting.soldOutForGood") };
  if (problem.code === "wave_drawn") {
    const wave = drawnWave(campaign.waves, now);
    return wave && standingOf(wave, now) === "open" ? null : { tone: "plain", text: speech.problem(problem) };
  }
  if (!isWaveProblem(problem.code)) return { tone: "bad", text: speech.problem(problem) };
  const asks = asked(campaign.waves, now);
  if (asks.country && asks.code && !wanted.country && !wanted.access_code) return { tone: "plain", text: t("waves.eitherFirst") };
  if (problem.code === "region_not_served" && !wanted.country && asks.country) return { tone: "plain", text: t("waves.countryFirst") };
  if (problem.code === "access_code_wrong") {
    return wanted.access_code ? { tone: "bad", text: speech.problem(problem) } : { tone: "plain", text: t("waves.codeFirst") };
  }
  const next = nextWave(campaign.waves, now, wanted.country ?? undefined);
  const after = forEverybodyFrom(campaign.waves, now);
  const when = next
    ? t("waves.next", { title: next.title, soon: soon(next.opens_at, now), ahead: ahead(next.opens_at, now) })
    : after && t("waves.after", { soon: soon(after, now), ahead: ahead(after, now) });
  return { tone: "plain", text: [speech.problem(problem), when].filter(Boolean).join(" ") };
}

function Price({ quote }: { quote: Quote }) {
  const { t, money, day, count } = useSpeech();
  const { currency } = quote;
  return (
    <dl class="price">
      <div class="price-most">
        <dt>{t("configurator.most")}</dt>
        <dd>
          <span class="price-figure">{money(quote.total_most_minor, currency)}</span>
          <span class="muted">{t("configurator.mostDetail")}</span>
        </dd>
      </div>
      <div>
        <dt>{t("configurator.now")}</dt>
        <dd>
          {money(quote.total_now_minor, currency)}
          {quote.units > 1 && quote.parts.length < 2 && quote.lines[0] && (
            <span class="muted">
              {t("configurator.each", { price: money(quote.lines[0].unit_price_now_minor, currency) })}
            </span>
          )}
        </dd>
      </div>
      {quote.parts.length < 2 && (
        <>
          <div>
            <dt>{t("configurator.ships")}</dt>
            <dd>{day(quote.batch.ships_at)}</dd>
          </div>
          <div>
            <dt>{t("configurator.batch")}</dt>
            <dd>
              {count(quote.batch.number)}
              <span class="muted">{t("configurator.batchOpen", { day: day(quote.batch.closes_at) })}</span>
            </dd>
          </div>
        </>
      )}
    </dl>
  );
}
