import { useMemo, useRef, useState } from "preact/hooks";
import { groundswell } from "../api/groundswell";
import { asProblem } from "../api/problem";
import type { Campaign, Entry, Offer } from "../api/types";
import { useSpeech } from "../i18n/Language";
import { SignInDeclined, useIdentity } from "../identity/Identity";
import { randomKey } from "../preorders/intent";
import type { Choice } from "../preorders/choice";
import { Outcome, type Told } from "../ui/Outcome";
import { JoinForm } from "./JoinForm";
import { OwnEntry } from "./OwnEntry";
import { entryOf, isWaiting } from "./entry";

interface Props {
  campaign: Campaign;
  choice: Choice;
  entry: Entry | null;
  onChanged: () => void;
  onTake: (offer: Offer) => void;
}

/** For when everything is taken: join, see the own place, take what is offered, or leave. */
export function WaitingList({ campaign, choice, entry, onChanged, onTake }: Props) {
  const speech = useSpeech();
  const { t } = speech;
  const { asFan } = useIdentity();
  const [told, setTold] = useState<Told | null>(null);
  const [working, setWorking] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  const [allOrNone, setAllOrNone] = useState(true);
  const lapsed = entry?.state === "lapsed";
  const body = entryOf(choice.variant, choice.quantity, allOrNone);
  // The same wish keeps its key, so that a lost answer joins once; after leaving, it is another.
  const key = useMemo(randomKey, [JSON.stringify(body), entry?.entry_id, entry?.state]);

  const act = async (action: (token: string) => Promise<Entry>, done: Told) => {
    setWorking(true);
    try {
      await asFan((fan) => action(fan.token));
      setTold(done);
    } catch (error) {
      const declined = error instanceof SignInDeclined;
      setTold(declined ? { tone: "plain", text: t("signIn.needed") } : { tone: "bad", text: speech.problem(asProblem(error)) });
    } finally {
      setWorking(false);
      onChanged();
      // The button that had the focus may be gone.
      heading.current?.focus();
    }
  };
  const join = () =>
    act((token) => groundswell.joinWaiting(campaign.campaign_id, body, key, token), { tone: "good", text: t("waiting.joined") });
  const leave = () =>
    act((token) => groundswell.leaveWaiting(campaign.campaign_id, token), { tone: "plain", text: t("waiting.left") });

  return (
    <section class="stack waiting" aria-labelledby="waiting-title">
      <h3 id="waiting-title" ref={heading} tabIndex={-1}>
        {t("waiting.title")}
      </h3>
      {isWaiting(entry) ? (
        <OwnEntry campaign={campaign} entry={entry} working={working} onLeave={() => void leave()} onTake={onTake} />
      ) : (
        <JoinForm
          campaign={campaign}
          choice={choice}
          lapsed={lapsed}
          allOrNone={allOrNone}
          onAllOrNone={setAllOrNone}
          working={working}
          onJoin={() => void join()}
        />
      )}
      <Outcome told={entry?.offer && told?.tone !== "bad" ? null : told} />
    </section>
  );
}
