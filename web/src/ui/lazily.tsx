import type { ComponentType } from "preact";
import { useSpeech } from "../i18n/Language";
import type { Book } from "../i18n/translate";
import { useLive } from "../live/useLive";
import { Failed, Loading } from "./States";

/**
 * A part of the page that is fetched when it is first shown: nobody waits for what only others see. With the books in
 * which its words are, which are all that it and what it shows may say: a test compares them.
 */
export function lazily<Props extends object>(name: string, load: () => Promise<ComponentType<Props>>, ...books: Book[]) {
  let known: ComponentType<Props> | null = null;
  return function Part(props: Props) {
    const { language, knows, learn } = useSpeech();
    const found = useLive(known ? null : `part ${name}`, async () => (known = await load()));
    const words = useLive(knows(books) ? null : `words ${books} ${language}`, () => learn(books));
    const Found = known ?? found.value;
    if (Found && knows(books)) return <Found {...props} />;
    const failed = [found, words].find((one) => one.problem);
    return failed?.problem ? <Failed problem={failed.problem} onRetry={failed.reload} /> : <Loading lines={6} />;
  };
}
