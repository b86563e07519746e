import { groundswell } from "../api/groundswell";
import { Problem } from "../api/problem";
import type { Entry } from "../api/types";
import { useIdentity } from "../identity/Identity";
import { fanOf } from "../identity/session";
import { useLive, type Live } from "../live/useLive";

const OFTEN_MS = 10_000;

/** The signed-in fan's own entry in the waiting list; null for who has none. Kept fresh where that can matter. */
export function useEntry(campaignId: string, fresh: boolean): Live<Entry | null> {
  const { session, inBackground } = useIdentity();
  const load = async () => {
    try {
      return await inBackground(({ token }) => groundswell.waiting(campaignId, token));
    } catch (error) {
      if (error instanceof Problem && error.code === "entry_missing") return null;
      throw error;
    }
  };
  return useLive(session && `waiting ${campaignId} ${fanOf(session)}`, load, fresh ? OFTEN_MS : null);
}
