import { useState } from "preact/hooks";
import { asProblem } from "../api/problem";
import { useSpeech } from "../i18n/Language";
import { tokenOf, type PaymentElement } from "./element";

/** The card that a fan gives in the provider's element: whether one can be given, and what it comes to. */
export function useCard() {
  const { problem: sentence } = useSpeech();
  const [element, setElement] = useState<PaymentElement | null>(null);
  const [asking, setAsking] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  /** What stands for the card; null when the element has refused it, for `problem`. */
  const token = async (): Promise<string | null> => {
    if (!element) return null;
    setAsking(true);
    setProblem(null);
    try {
      const answer = await tokenOf(element);
      if ("token" in answer) return answer.token;
      setProblem(answer.problem);
    } catch (error) {
      setProblem(sentence(asProblem(error)));
    } finally {
      setAsking(false);
    }
    return null;
  };
  return { ready: element !== null, asking, problem, token, onElement: setElement };
}
