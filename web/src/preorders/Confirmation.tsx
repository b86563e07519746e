import { useLayoutEffect, useRef } from "preact/hooks";
import type { Campaign } from "../api/types";
import { useSpeech } from "../i18n/Language";
import { Button } from "../ui/Button";
import { lazily } from "../ui/lazily";
import { Outcome, type Told } from "../ui/Outcome";
import { VariantLines } from "./VariantLines";
import { mostUnits } from "./choice";
import type { Step, Terms } from "./usePlacing";

const Consent = lazily("consent", async () => (await import("../playbook/Playbook")).Consent, "sale");

interface Props {
  step: Extract<Step, { terms: Terms }>;
  campaign: Campaign;
  onPlace: (terms: Terms) => void;
  onBack: () => void;
}

/** The promise in one paragraph, the button that makes it, and the way on when no answer came back. */
export function Confirmation({ step, campaign, onPlace, onBack }: Props) {
  const { t, money, count, day } = useSpeech();
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => heading.current?.focus(), []);
  const { terms } = step;
  const working = step.at === "placing";
  const unknown = step.at === "unknown";
  const agreed = campaign.playbook.length > 0 || campaign.run_minimums.length > 0;
  const cap = terms.body.only_if_unit_price_at_most_minor ?? null;
  const mostTaken = mostUnits(terms.body.lines);
  const words = {
    units: t("configurator.units", { count: terms.units }),
    count: terms.units,
    most: money(terms.totalMostMinor, campaign.currency),
  };
  return (
    <>
      <h3 ref={heading} tabIndex={-1}>
        {t("confirm.title")}
      </h3>
      <VariantLines lines={terms.body.lines} campaign={campaign} />
      <dl class="price">
        <div>
          <dt>{t("configurator.most")}</dt>
          <dd>{words.most}</dd>
        </div>
        {terms.shipsAt && (
          <div>
            <dt>{t("configurator.ships")}</dt>
            <dd>{day(terms.shipsAt)}</dd>
          </div>
        )}
      </dl>
      {cap !== null && <p>{t("confirm.cap", { price: money(cap, campaign.currency) })}</p>}
      {mostTaken > terms.units && <p>{t("confirm.upTo", { count: mostTaken })}</p>}
      {terms.batchNumber !== null && (
        <p>{t(agreed ? "confirm.termsAgreed" : "confirm.terms", { ...words, number: count(terms.batchNumber) })}</p>
      )}
      {agreed && <Consent campaign={campaign} />}
      <Outcome told={toldOf(step, t)} />
      <div class="actions actions-stacked">
        <Button kind="primary" working={working} onClick={() => onPlace(terms)}>
          {t(working ? "confirm.working" : unknown ? "confirm.retry" : "confirm.place")}
        </Button>
        {!working && <Button onClick={onBack}>{t(unknown ? "confirm.forget" : "confirm.back")}</Button>}
      </div>
      {unknown && <p class="muted">{t("confirm.forgetDetail")}</p>}
    </>
  );
}

function toldOf(step: Props["step"], t: ReturnType<typeof useSpeech>["t"]): Told | null {
  if (step.at === "unknown") return { tone: "bad", text: t("confirm.unknown") };
  if (step.at === "reviewing" && step.declined) return { tone: "plain", text: t("signIn.needed") };
  return null;
}
