import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { Problem } from "../api/problem";
import { useIdentity } from "../identity/Identity";
import { useLive } from "../live/useLive";
import { payments } from "./routes";
import { isMoving } from "./standing";
import type { Payment } from "./types";

const MOVING_MS = 2_500;
const RESTING_MS = 30_000;
/** So long after an action what comes of it is expected. */
const EXPECTED_MS = 30_000;

export interface FollowedPayment {
  payment: Payment | null;
  problem: Problem | null;
  reload: () => void;
  /** Takes up what an action has just answered, until it is looked at again. */
  take: (payment: Payment) => void;
}

/** Actions are counted, because what was asked before one may tell how it stood before it. */
interface Seen {
  payment: Payment;
  actions: number;
}

/** The payment of the fan's own pre-order, followed closely while it moves. `version`: looked at anew when it changes. */
export function usePayment(preorderId: string, version = ""): FollowedPayment {
  const { session, inBackground } = useIdentity();
  const [moving, setMoving] = useState(true);
  const [expected, setExpected] = useState(false);
  const [answered, setAnswered] = useState<Seen | null>(null);
  const actions = useRef(0);
  const look = async (): Promise<Seen> => {
    const begun = actions.current;
    return { payment: await inBackground(({ token }) => payments.payment(preorderId, token)), actions: begun };
  };
  const live = useLive(session ? `payment ${preorderId}` : null, look, moving || expected ? MOVING_MS : RESTING_MS);
  const seen = answered && (live.value?.actions ?? -1) < answered.actions ? answered : live.value;
  const payment = seen?.payment ?? null;
  useEffect(() => {
    if (payment) setMoving(isMoving(payment));
  }, [payment]);
  const first = useRef(version);
  useEffect(() => {
    if (first.current !== version) live.reload();
    first.current = version;
  }, [version]);
  const take = useCallback((known: Payment) => {
    actions.current += 1;
    setAnswered({ payment: known, actions: actions.current });
    setExpected(true);
  }, []);
  useEffect(() => {
    if (!expected) return;
    const over = setTimeout(() => setExpected(false), EXPECTED_MS);
    return () => clearTimeout(over);
  }, [expected]);
  return { payment, problem: live.problem, reload: live.reload, take };
}
