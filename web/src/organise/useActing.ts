import { useState } from "preact/hooks";
import { asProblem, type Problem } from "../api/problem";
import { useSpeech } from "../i18n/Language";
import { SignInDeclined, useIdentity } from "../identity/Identity";
import type { Told } from "../ui/Outcome";

type Sentence = (problem: Problem) => string | null;

/** Does something as the organiser, and says what came of it; in a sentence of its own where there is one. */
export function useActing(onDone: () => void) {
  const { t, problem } = useSpeech();
  const { asFan } = useIdentity();
  const [told, setTold] = useState<Told | null>(null);
  const [working, setWorking] = useState(false);
  const act = async (action: (token: string) => Promise<unknown>, done: string, sentence: Sentence = () => null) => {
    setWorking(true);
    setTold(null);
    try {
      await asFan((organiser) => action(organiser.token));
      setTold({ tone: "good", text: done });
      onDone();
    } catch (error) {
      const declined = error instanceof SignInDeclined;
      const met = asProblem(error);
      setTold({ tone: declined ? "plain" : "bad", text: declined ? t("signIn.needed") : (sentence(met) ?? problem(met)) });
    }
    setWorking(false);
  };
  return { told, working, act, refuse: (text: string) => setTold({ tone: "bad", text }) };
}
