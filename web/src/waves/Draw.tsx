import { useRef, useState } from "preact/hooks";
import { groundswell } from "../api/groundswell";
import { asProblem } from "../api/problem";
import type { Batch, Campaign, DrawEntry, Offer, Wave } from "../api/types";
import { useSpeech } from "../i18n/Language";
import { SignInDeclined, useIdentity } from "../identity/Identity";
import type { Choice } from "../preorders/choice";
import { Outcome, type Told } from "../ui/Outcome";
import { entryOf } from "../waiting/entry";
import { Drawn } from "./Drawn";
import { EnterDraw } from "./EnterDraw";
import { standingOf } from "./waves";

export interface DrawProps {
  campaign: Campaign;
  wave: Wave;
  batches: Batch[];
  choice: Choice;
  code: string;
  entry: DrawEntry | null;
  now: number;
  onChanged: () => void;
  onTake: (offer: Offer) => void;
}

/** A wave that is drawn: enter it while it is open, see what came of it afterwards. */
export function Draw({ campaign, wave, batches, choice, code, entry, now, onChanged, onTake }: DrawProps) {
  const speech = useSpeech();
  const { t } = speech;
  const { asFan } = useIdentity();
  const [told, setTold] = useState<Told | null>(null);
  const [working, setWorking] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  const [allOrNone, setAllOrNone] = useState(true);
  const open = standingOf(wave, now) === "open";
  const body = {
    ...entryOf(choice.variant, choice.quantity, allOrNone),
    ...(choice.country ? { country: choice.country } : {}),
    ...(code ? { access_code: code } : {}),
  };

  const act = async (action: (token: string) => Promise<unknown>, done: Told | null) => {
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
  const enter = () =>
    act((token) => groundswell.enterDraw(campaign.campaign_id, wave.number, body, token), { tone: "good", text: t("draw.entered") });
  const leave = () =>
    act((token) => groundswell.leaveDraw(campaign.campaign_id, wave.number, token), {
      tone: "plain",
      text: t(open ? "draw.withdrawn" : "draw.left"),
    });

  return (
    <section class="stack waiting" aria-labelledby="draw-title">
      <h3 id="draw-title" ref={heading} tabIndex={-1}>
        {t("draw.title", { title: wave.title })}
      </h3>
      {open ? (
        <EnterDraw
          campaign={campaign}
          wave={wave}
          batches={batches}
          choice={choice}
          entry={entry?.state === "entered" ? entry : null}
          now={now}
          allOrNone={allOrNone}
          onAllOrNone={setAllOrNone}
          working={working}
          onEnter={() => void enter()}
          onLeave={() => void leave()}
        />
      ) : (
        entry && <Drawn campaign={campaign} entry={entry} working={working} onLeave={() => void leave()} onTake={onTake} />
      )}
      <Outcome told={entry?.offer && told?.tone !== "bad" ? null : told} />
    </section>
  );
}
