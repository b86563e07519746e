import { groundswell } from "../api/groundswell";
import { Problem } from "../api/problem";
import type { DrawEntry, Wave } from "../api/types";
import { useIdentity } from "../identity/Identity";
import { fanOf } from "../identity/session";
import { useLive, type Live } from "../live/useLive";
import { standingOf } from "./waves";

const OFTEN_MS = 10_000;

/** The signed-in fan's own entry in a draw; null for who has none. Looked at again while something can come of it. */
export function useDrawEntry(campaignId: string, wave: Wave | null, now: number): Live<DrawEntry | null> {
  const { session, inBackground } = useIdentity();
  const load = async () => {
    try {
      return await inBackground(({ token }) => groundswell.drawEntry(campaignId, wave!.number, token));
    } catch (error) {
      if (error instanceof Problem && error.status === 404) return null;
      throw error;
    }
  };
  const name = session && wave && `draw ${campaignId} ${wave.number} ${fanOf(session)}`;
  return useLive(name, load, wave && standingOf(wave, now) === "over" ? OFTEN_MS : null);
}
