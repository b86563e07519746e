import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { groundswell } from "../api/groundswell";
import { useSpeech } from "../i18n/Language";
import { useIdentity } from "../identity/Identity";
import { fanOf } from "../identity/session";
import { useLive } from "../live/useLive";
import { Button } from "../ui/Button";
import { Failed, Loading } from "../ui/States";
import type { VoteProps } from "./FeatureVote";
import { ScreenVote } from "./ScreenVote";
import { answerTo, firstOpen, withAnswer } from "./screens";
import { answersIn } from "./votes";

/** Best-worst scaling: a few options at a time, of which a fan says the best and the worst. The screens are each fan's own. */
export function BestWorstVote(props: VoteProps) {
  const { t } = useSpeech();
  const { session, signIn, inBackground } = useIdentity();
  const { campaign, feature, open } = props;
  const name = open && session ? `screens ${campaign.campaign_id} ${fanOf(session)}` : null;
  const screens = useLive(name, () => inBackground((fan) => groundswell.screens(campaign.campaign_id, fan.token)));
  if (!open) return null;
  if (!session) {
    return (
      <div class="screen-gate">
        <p>{t("screens.signIn")}</p>
        <Button onClick={signIn}>{t("signIn.open")}</Button>
      </div>
    );
  }
  if (!screens.value) {
    return screens.problem ? <Failed problem={screens.problem} onRetry={screens.reload} /> : <Loading lines={4} />;
  }
  const own = screens.value.features.find((one) => one.feature_id === feature.feature_id)?.screens ?? [];
  return <Screens key={name} {...props} screens={own} />;
}

function Screens({ feature, vote, onVote, screens }: VoteProps & { screens: string[][] }) {
  const { t } = useSpeech();
  const answers = answersIn(vote);
  const [place, setPlace] = useState(() => firstOpen(answers, screens));
  const box = useFocusAfterMove(place);
  const answered = screens.filter((shown) => answerTo(answers, shown).best !== null).length;
  const shown = screens[place];
  return (
    <div ref={box}>
      {shown ? (
        <ScreenVote
          key={place}
          feature={feature}
          shown={shown}
          number={place + 1}
          screens={screens.length}
          answered={answered}
          answer={answerTo(answers, shown)}
          onAnswer={(answer) => onVote(withAnswer(answers, shown, answer))}
          onMove={(steps) => setPlace(place + steps)}
        />
      ) : (
        <div class="screen-gate">
          <p tabIndex={-1}>{t("screens.done", { count: answered, screens: screens.length })}</p>
          <Button onClick={() => setPlace(0)}>{t("screens.again")}</Button>
        </div>
      )}
    </div>
  );
}

/** The button that led to a screen goes with the one before: the title of the new one takes the focus. */
function useFocusAfterMove(place: number) {
  const box = useRef<HTMLDivElement>(null);
  const before = useRef(place);
  useLayoutEffect(() => {
    if (before.current !== place) box.current?.querySelector<HTMLElement>("p[tabindex]")?.focus();
    before.current = place;
  }, [place]);
  return box;
}
