import { useEffect, useMemo, useState } from "preact/hooks";
import { groundswell } from "../api/groundswell";
import { asProblem, type Problem } from "../api/problem";
import type { NewPreorder, Offer, Preorder, Quote, QuotePart, Wanted } from "../api/types";
import { SignInDeclined, useIdentity } from "../identity/Identity";
import { fanOf } from "../identity/session";
import { dueOf, type Due } from "../payments/plans";
import { tabMemory } from "../ui/remembered";
import { linesOf } from "./choice";
import { Intents } from "./intent";

/** choosing -> reviewing -> placing -> placed; a refusal leads back to choosing, a lost answer to unknown. */
export type Step =
  | { at: "choosing"; problem: Problem | null }
  | { at: "reviewing"; terms: Terms; declined: boolean }
  | { at: "placing"; terms: Terms }
  | { at: "unknown"; terms: Terms }
  | { at: "placed"; preorder: Preorder; terms: Terms };

/** What the fan agrees to; frozen from the review on, whatever the live price does meanwhile. */
export interface Terms {
  body: NewPreorder;
  units: number;
  totalMostMinor: number;
  /** Unknown after a reload: then it is learned from the answer. */
  batchNumber: number | null;
  shipsAt: string | null;
  /** Where it is split: the two pre-orders that it becomes; none otherwise, or unknown after a reload. */
  parts: QuotePart[];
  /** What is taken when; null for what was not quoted. */
  due: Due | null;
}

export function usePlacing(campaignId: string) {
  const { session, asFan } = useIdentity();
  const intents = useMemo(() => new Intents(tabMemory()), []);
  const [step, setStep] = useState<Step>({ at: "choosing", problem: null });

  // Signing in may bring back a purchase that this fan left unfinished on this tab.
  useEffect(() => {
    const pending = session && intents.pending(campaignId, fanOf(session));
    if (pending) setStep((was) => (was.at === "choosing" ? { at: "unknown", terms: termsAgain(pending.body) } : was));
  }, [session, campaignId, intents]);

  const place = async (terms: Terms) => {
    setStep({ at: "placing", terms });
    try {
      const preorder = await asFan((fan) => {
        const intent = intents.begin(campaignId, fanOf(fan), terms.body);
        return groundswell.placePreorder(campaignId, intent.body, intent.key, fan.token);
      });
      intents.conclude(campaignId);
      setStep({ at: "placed", preorder, terms });
    } catch (error) {
      setStep(afterFailure(error, terms));
    }
  };

  const afterFailure = (error: unknown, terms: Terms): Step => {
    // Refused for want of a valid token: nothing was placed, and the same intent is taken up after signing in.
    if (error instanceof SignInDeclined) return { at: "reviewing", terms, declined: true };
    const problem = asProblem(error);
    if (problem.outcomeUnknown) return { at: "unknown", terms };
    intents.conclude(campaignId);
    return { at: "choosing", problem };
  };

  return {
    step,
    review: (terms: Terms) => setStep({ at: "reviewing", terms, declined: false }),
    place,
    again: () => {
      intents.conclude(campaignId);
      setStep({ at: "choosing", problem: null });
    },
  };
}

export function termsOf(quote: Quote, wanted: Wanted): Terms {
  const latest = quote.parts.at(-1)?.batch.ships_at ?? quote.batch.ships_at;
  return {
    body: {
      ...wanted,
      // The parts of a split one are cut anew: what is sent is the whole.
      lines: quote.parts.length > 1 ? wanted.lines : linesOf(quote.lines),
      accepts_total_minor: quote.total_most_minor,
      accepts_ships_at: latest,
    },
    units: quote.units,
    totalMostMinor: quote.total_most_minor,
    batchNumber: quote.batch.number,
    shipsAt: quote.batch.ships_at,
    parts: quote.parts,
    due: dueOf(quote),
  };
}

/** To take what is kept for a fan of the waiting list is to pre-order it. */
export function termsOfOffer(offer: Offer): Terms {
  return {
    body: {
      lines: linesOf(offer.lines),
      accepts_total_minor: offer.total_most_minor,
      accepts_ships_at: offer.ships_at,
    },
    units: offer.units,
    totalMostMinor: offer.total_most_minor,
    batchNumber: offer.batch_number,
    shipsAt: offer.ships_at,
    parts: [],
    due: null,
  };
}

function termsAgain(body: NewPreorder): Terms {
  return {
    body,
    units: body.lines.reduce((units, line) => units + line.quantity, 0),
    totalMostMinor: body.accepts_total_minor ?? 0,
    batchNumber: null,
    shipsAt: body.accepts_ships_at ?? null,
    parts: [],
    due: null,
  };
}
