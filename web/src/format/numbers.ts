export function formatCount(count: number, language: string): string {
  // Polish groups only from five digits by default; "1 234" beside "12 345" reads better grouped alike.
  return new Intl.NumberFormat(language, { useGrouping: true }).format(count);
}

/** A whole percentage; nothing of nothing is 0%, never NaN. */
export function formatShare(part: number, whole: number, language: string): string {
  const share = whole > 0 ? part / whole : 0;
  return new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 }).format(share);
}
