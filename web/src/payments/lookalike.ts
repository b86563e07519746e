import { createElement, render } from "preact";
import { asProblem } from "../api/problem";
import { Bank } from "./Bank";
import type { Opening, PaymentElement } from "./element";
import { LookalikeCard } from "./LookalikeCard";
import { payments } from "./routes";
import { FIRST_CARD, type TestCard } from "./testCards";

type Confirming = typeof payments.confirmSimulated;

/** Looks like a provider's element where no money moves: a choice of test cards, and a bank that asks. */
export function lookalikeElement({ speech }: Opening, confirming: Confirming = payments.confirmSimulated, asking = askBank): PaymentElement {
  let chosen: TestCard = FIRST_CARD;
  let place: HTMLElement | null = null;
  const draw = () => {
    if (!place) return;
    const choose = (card: TestCard) => {
      chosen = card;
      draw();
    };
    render(createElement(LookalikeCard, { chosen, onChoose: choose, speech }), place);
  };
  return {
    mount: (node) => {
      place = node;
      draw();
    },
    token: async () => ({ token: chosen }),
    confirm: (action) => asking(speech, async (approve) => void (await confirming(action, approve))),
    unmount: () => {
      if (place) render(null, place);
      place = null;
    },
  };
}

/** The bank's page, as a dialog over ours; the browser gives the focus back to where it was. */
function askBank(speech: Opening["speech"], tell: (approve: boolean) => Promise<void>): Promise<"done" | "declined"> {
  const place = document.createElement("div");
  document.body.append(place);
  return new Promise((resolve) => {
    const leave = (outcome: "done" | "declined") => {
      render(null, place);
      place.remove();
      resolve(outcome);
    };
    const answer = async (approve: boolean): Promise<string | null> => {
      try {
        await tell(approve);
        leave(approve ? "done" : "declined");
        return null;
      } catch (error) {
        return speech.problem(asProblem(error));
      }
    };
    render(createElement(Bank, { speech, onAnswer: answer, onTurnBack: () => leave("declined") }), place);
  });
}
