import { useState } from "preact/hooks";
import { asProblem } from "../api/problem";
import { useSpeech } from "../i18n/Language";
import { SignInDeclined, useIdentity } from "../identity/Identity";
import type { Told } from "../ui/Outcome";

/** Does something as the organiser, and says what came of it. */
export function useActing(onDone: () => void) {
  const { t, problem } = useSpeech();
  const { asFan } = useIdentity();
  const [told, setTold] = useState<Told | null>(null);
  const [working, setWorking] = useState(false);
  const act = async (action: (token: string) => Promise<unknown>, done: string) => {
    setWorking(true);
    setTold(null);
    try {
      await asFan((organiser) => action(organiser.token));
      setTold({ tone: "good", text: done });
      onDone();
    } catch (error) {
      const declined = error instanceof SignInDeclined;
      setTold({ tone: declined ? "plain" : "bad", text: declined ? t("signIn.needed") : problem(asProblem(error)) });
    }
    setWorking(false);
  };
  return { told, working, act, refuse: (text: string) => setTold({ tone: "bad", text }) };
}
