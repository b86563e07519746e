import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Campaign } from "../api/types";
import { useSpeech } from "../i18n/Language";
import { Button } from "../ui/Button";
import { lazily } from "../ui/lazily";
import { Outcome, type Told } from "../ui/Outcome";
import { Parts } from "./Parts";
import { VariantLines } from "./VariantLines";
import { addressForm, addressOf, type AddressForm } from "./changing";
import { mostUnits } from "./choice";
import type { Step, Terms } from "./usePlacing";

const Consent = lazily("consent", async () => (await import("../playbook/Playbook")).Consent, "deal");
const AddressFields = lazily("address", async () => (await import("./AddressFields")).AddressFields, "deal");

interface Props {
  step: Extract<Step, { terms: Terms }>;
  campaign: Campaign;
  /** Kept by who shows this: a refusal must not lose what was typed. */
  typed: AddressForm | null;
  onForm: (form: AddressForm) => void;
  onPlace: (terms: Terms) => void;
  onBack: () => void;
}

/** The promise in one paragraph, the button that makes it, and the way on when no answer came back. */
export function Confirmation({ step, campaign, typed, onForm, onPlace, onBack }: Props) {
  const { t, money, count, day } = useSpeech();
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => heading.current?.focus(), []);
  const { terms } = step;
  const working = step.at === "placing";
  const unknown = step.at === "unknown";
  const agreed = campaign.playbook.length > 0 || campaign.run_minimums.length > 0;
  // What was sent is sent again as it was.
  const asksAddress = campaign.limit_per_household !== null && step.at === "reviewing";
  const form = typed ?? addressForm(terms.body.address ?? null);
  const [missing, setMissing] = useState(false);
  const place = () => {
    if (!asksAddress) return onPlace(terms);
    const address = addressOf(form);
    if (!address || address === "incomplete") return setMissing(true);
    onPlace({ ...terms, body: { ...terms.body, address } });
  };
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
        {terms.shipsAt && terms.parts.length < 2 && (
          <div>
            <dt>{t("configurator.ships")}</dt>
            <dd>{day(terms.shipsAt)}</dd>
          </div>
        )}
      </dl>
      {cap !== null && <p>{t("confirm.cap", { price: money(cap, campaign.currency) })}</p>}
      {mostTaken > terms.units && <p>{t("confirm.upTo", { count: mostTaken })}</p>}
      {terms.parts.length > 1 && <Parts parts={terms.parts} currency={campaign.currency} />}
      {terms.parts.length > 1 && <p>{t("confirm.termsSplit", words)}</p>}
      {terms.batchNumber !== null && terms.parts.length < 2 && (
        <p>{t(agreed ? "confirm.termsAgreed" : "confirm.terms", { ...words, number: count(terms.batchNumber) })}</p>
      )}
      {agreed && <Consent campaign={campaign} />}
      {asksAddress && (
        <fieldset class="stack address">
          <legend class="feature-title">{t("edit.address")}</legend>
          <p class="muted">
            {t("confirm.address")} {t("confirm.householdLimit", { count: campaign.limit_per_household ?? 0 })}
          </p>
          <AddressFields id="confirm" form={form} onChange={onForm} required />
        </fieldset>
      )}
      <Outcome told={asksAddress && missing && !isWhole(form) ? { tone: "bad", text: t("confirm.addressMissing") } : toldOf(step, t)} />
      <div class="actions actions-stacked">
        <Button kind="primary" working={working} onClick={place}>
          {t(working ? "confirm.working" : unknown ? "confirm.retry" : "confirm.place")}
        </Button>
        {!working && <Button onClick={onBack}>{t(unknown ? "confirm.forget" : "confirm.back")}</Button>}
      </div>
      {unknown && <p class="muted">{t("confirm.forgetDetail")}</p>}
    </>
  );
}

const isWhole = (form: AddressForm) => typeof addressOf(form) === "object" && addressOf(form) !== null;

function toldOf(step: Props["step"], t: ReturnType<typeof useSpeech>["t"]): Told | null {
  if (step.at === "unknown") return { tone: "bad", text: t("confirm.unknown") };
  if (step.at === "reviewing" && step.declined) return { tone: "plain", text: t("signIn.needed") };
  return null;
}
