// Known to the browser as regions, but no place to send anything to.
const NO_COUNTRIES = new Set(["EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"]);
const LETTERS = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];

/** Every country as [ISO 3166 code, name], sorted by name as the language does. No list of ours could stay right. */
export function countries(language: string): [string, string][] {
  const names = new Intl.DisplayNames([language], { type: "region", fallback: "none" });
  const found: [string, string][] = [];
  for (const code of LETTERS.flatMap((first) => LETTERS.map((second) => first + second))) {
    const name = names.of(code);
    if (name && !NO_COUNTRIES.has(code) && isCurrent(code)) found.push([code, name]);
  }
  return found.sort(([, one], [, other]) => one.localeCompare(other, language));
}

/** Codes of countries that are no more have the name of the one they became. */
const isCurrent = (code: string) => Intl.getCanonicalLocales(`und-${code}`)[0] === `und-${code}`;
