/**
 * Money arrives as integer minor units and a currency; only here does it become words.
 * How many digits a currency has (EUR 2, JPY 0, TND 3) is the runtime's knowledge, not ours.
 */
export function currencyDigits(currency: string): number {
  const options = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions();
  return options.maximumFractionDigits ?? 2;
}

/**
 * The exact decimal of an amount, built from its digits: a division would pass through binary
 * fractions and lose units above 2^53.
 */
export function decimalOf(amountMinor: number, digits: number): string {
  const sign = amountMinor < 0 ? "-" : "";
  const figures = Math.abs(amountMinor).toString().padStart(digits + 1, "0");
  if (digits === 0) return sign + figures;
  return `${sign}${figures.slice(0, -digits)}.${figures.slice(-digits)}`;
}

export function formatMoney(amountMinor: number, currency: string, language: string): string {
  const digits = currencyDigits(currency);
  const format = new Intl.NumberFormat(language, {
    style: "currency",
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  // Intl formats a decimal string exactly; TypeScript's library types know only numbers there.
  return format.format(decimalOf(amountMinor, digits) as unknown as number);
}

/** A surcharge with its sign ("+€5.00"); the empty string for none. */
export function formatSurcharge(amountMinor: number, currency: string, language: string): string {
  if (amountMinor === 0) return "";
  const amount = formatMoney(Math.abs(amountMinor), currency, language);
  return `${amountMinor > 0 ? "+" : "−"}${amount}`;
}
