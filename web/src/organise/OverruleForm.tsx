import { useState } from "preact/hooks";
import { groundswell } from "../api/groundswell";
import { asProblem } from "../api/problem";
import type { Campaign } from "../api/types";
import { useSpeech } from "../i18n/Language";
import { SignInDeclined, useIdentity } from "../identity/Identity";
import { Button } from "../ui/Button";
import { Outcome, type Told } from "../ui/Outcome";
import { FeatureChoice } from "./CrossTabs";
import { useWords } from "./words";

const SHORTEST_REASON = 10;

/** Keeps other options of a settled feature than the vote did, with a reason; both are published for good. */
export function OverruleForm({ campaign, onDone }: { campaign: Campaign; onDone: () => void }) {
  const words = useWords();
  const [featureId, setFeature] = useState(campaign.features[0]!.feature_id);
  return (
    <section class="panel stack" aria-labelledby="overrule-title">
      <h2 id="overrule-title">{words("overrule")}</h2>
      <p class="muted">{words("overruleDetail")}</p>
      <FeatureChoice
        id="overrule-feature"
        label={words("overruleFeature")}
        features={campaign.features}
        value={featureId}
        onChoose={setFeature}
      />
      <Ruling key={featureId} campaign={campaign} featureId={featureId} onDone={onDone} />
    </section>
  );
}

interface Props {
  campaign: Campaign;
  featureId: string;
  onDone: () => void;
}

function Ruling({ campaign, featureId, onDone }: Props) {
  const words = useWords();
  const feature = campaign.features.find((one) => one.feature_id === featureId)!;
  const [kept, setKept] = useState(campaign.selectable?.[featureId] ?? []);
  const [reason, setReason] = useState("");
  const { told, working, send } = useSending(campaign.campaign_id, featureId, onDone);
  const options = feature.options.map((option) => option.option_id);
  return (
    <form
      class="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void send(options.filter((id) => kept.includes(id)), reason.trim());
      }}
    >
      <fieldset>
        <legend class="field-legend">{words("overruleKept")}</legend>
        {feature.options.map(({ option_id: id, label }) => (
          <p key={id} class="check">
            <input
              id={`keep-${id}`}
              type="checkbox"
              checked={kept.includes(id)}
              onChange={(event) => setKept(event.currentTarget.checked ? [...kept, id] : kept.filter((one) => one !== id))}
            />
            <label for={`keep-${id}`}>{label}</label>
          </p>
        ))}
      </fieldset>
      <div class="field">
        <label for="overrule-reason">{words("overruleReason")}</label>
        <textarea
          id="overrule-reason"
          class="input"
          rows={3}
          maxLength={1000}
          value={reason}
          onInput={(event) => setReason(event.currentTarget.value)}
        />
      </div>
      <Button type="submit" kind="primary" working={working}>
        {words(working ? "overruleWorking" : "overruleSend")}
      </Button>
      <Outcome told={told} />
    </form>
  );
}

function useSending(campaignId: string, featureId: string, onDone: () => void) {
  const words = useWords();
  const { t, problem } = useSpeech();
  const { asFan } = useIdentity();
  const [told, setTold] = useState<Told | null>(null);
  const [working, setWorking] = useState(false);
  const send = async (kept: string[], reason: string) => {
    if (kept.length === 0) return setTold({ tone: "bad", text: words("overruleNone") });
    if (reason.length < SHORTEST_REASON) return setTold({ tone: "bad", text: words("overruleShort", { count: SHORTEST_REASON }) });
    setWorking(true);
    setTold(null);
    try {
      await asFan((organiser) => groundswell.overrule(campaignId, featureId, { kept, reason }, organiser.token));
      setTold({ tone: "good", text: words("overruleDone") });
      onDone();
    } catch (error) {
      const declined = error instanceof SignInDeclined;
      setTold({ tone: declined ? "plain" : "bad", text: declined ? t("signIn.needed") : problem(asProblem(error)) });
    }
    setWorking(false);
  };
  return { told, working, send };
}
