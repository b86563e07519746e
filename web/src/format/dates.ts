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

/** How long until then, in the one unit that matters: "in 3 hours", "in 2 days"; never "in 0 minutes". */
export function formatAhead(instant: string, language: string, now: number): string {
  const minutes = Math.max(1, Math.ceil((Date.parse(instant) - now) / 60_000));
  const words = new Intl.RelativeTimeFormat(localeOf(language), { numeric: "always" });
  if (minutes < 60) return words.format(minutes, "minute");
  return minutes < 48 * 60 ? words.format(Math.round(minutes / 60), "hour") : words.format(Math.round(minutes / 1440), "day");
}

/** "today at 18:00", "tomorrow at 18:00", "4 December 2026 at 18:00". */
export function formatSoon(instant: string, language: string, now: number, timeZone?: string): string {
  const dayOf = (time: number) => format(new Date(time).toISOString(), "en", { dateStyle: "short" }, timeZone);
  const then = Date.parse(instant);
  const near = [0, 1].find((days) => dayOf(then) === dayOf(now + days * 86_400_000));
  if (near === undefined) return formatMoment(instant, language, timeZone);
  const day = new Intl.RelativeTimeFormat(localeOf(language), { numeric: "auto" }).format(near, "day");
  const clock = format(instant, language, { timeStyle: "short" }, timeZone);
  return language === "pl" ? `${day} o ${clock}` : `${day} at ${clock}`;
}

// en-GB: day before month, 24 hours; unambiguous for readers everywhere.
const localeOf = (language: string) => (language === "en" ? "en-GB" : language);

function format(
  instant: string,
  language: string,
  options: Intl.DateTimeFormatOptions,
  timeZone: string | undefined,
): string {
  const time = new Date(instant);
  // A time that cannot be read is shown as it came rather than as "Invalid Date".
  if (Number.isNaN(time.getTime())) return instant;
  return new Intl.DateTimeFormat(localeOf(language), timeZone ? { ...options, timeZone } : options).format(time);
}
