import type { ComponentType } from "preact";
import { useLive } from "../live/useLive";
import { Failed, Loading } from "./States";

/** A part of the page that is fetched when it is first shown: nobody waits for what only others see. */
export function lazily<Props extends object>(name: string, load: () => Promise<ComponentType<Props>>) {
  let known: ComponentType<Props> | null = null;
  return function Part(props: Props) {
    const found = useLive(known ? null : `part ${name}`, async () => (known = await load()));
    const Found = known ?? found.value;
    if (Found) return <Found {...props} />;
    return found.problem ? <Failed problem={found.problem} onRetry={found.reload} /> : <Loading lines={6} />;
  };
}
