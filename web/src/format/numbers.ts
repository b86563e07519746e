export function formatCount(count: number, language: string): string {
  // Polish groups only from five digits by default; "1 234" beside "12 345" reads better grouped alike.
  return new Intl.NumberFormat(language, { useGrouping: true }).format(count);
}

/** A whole percentage; nothing of nothing is 0%, never NaN. */
export function formatShare(part: number, whole: number, language: string): string {
  const share = whole > 0 ? part / whole : 0;
  return new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 }).format(share);
}

/** A mean: to as many digits as are worth telling, with its sign where that matters. */
export function formatDecimal(value: number, language: string, digits: number, signed = false): string {
  const signDisplay = signed ? "exceptZero" : "auto";
  const format = { minimumFractionDigits: digits, maximumFractionDigits: digits, signDisplay } as const;
  return new Intl.NumberFormat(language, format).format(value);
}
