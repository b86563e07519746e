/** Times arrive as ISO-8601 UTC and are told in the fan's own time zone, to the precision that matters. */

/** A promised or past day: "4 December 2026". */
export function formatDay(instant: string, language: string, timeZone?: string): string {
  return format(instant, language, { dateStyle: "long" }, timeZone);
}

/** A moment that closes something, with its hour: "4 December 2026 at 18:00". */
export function formatMoment(instant: string, language: string, timeZone?: string): string {
  return format(instant, language, { dateStyle: "long", timeStyle: "short" }, timeZone);
}

/** The clock time of a live count, to the second. */
export function formatClock(instant: string, language: string, timeZone?: string): string {
  return format(instant, language, { timeStyle: "medium" }, timeZone);
}

function format(
  instant: string,
  language: string,
  options: Intl.DateTimeFormatOptions,
  timeZone: string | undefined,
): string {
  const time = new Date(instant);
  // A time that cannot be read is shown as it came rather than as "Invalid Date".
  if (Number.isNaN(time.getTime())) return instant;
  // en-GB: day before month, 24 hours; unambiguous for readers everywhere.
  const locale = language === "en" ? "en-GB" : language;
  return new Intl.DateTimeFormat(locale, timeZone ? { ...options, timeZone } : options).format(time);
}
