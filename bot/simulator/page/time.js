/** Times and days in the words of the page's language. Bot API dates are seconds since 1970, UTC. */
import { language, t } from "./i18n.js";

const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const dayThisYear = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long" });
const dayOtherYear = new Intl.DateTimeFormat(language, { day: "numeric", month: "long", year: "numeric" });
const dayShort = new Intl.DateTimeFormat(language, { day: "numeric", month: "numeric" });
const full = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "medium", hourCycle: "h23" });

/** Hour and minute, "14:30". */
export function clockTime(seconds) {
  return clock.format(seconds * 1000);
}

/** Day, hour and second, for a tool tip. */
export function fullTime(seconds) {
  return full.format(seconds * 1000);
}

/** A key that is equal for two moments of one local day. */
export function dayKey(seconds) {
  const date = new Date(seconds * 1000);
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}

/** "Today", "Yesterday" or the date. */
export function dayName(seconds) {
  const now = Date.now() / 1000;
  if (dayKey(seconds) === dayKey(now)) return t("today");
  if (dayKey(seconds) === dayKey(now - 86400)) return t("yesterday");
  const sameYear = new Date(seconds * 1000).getFullYear() === new Date().getFullYear();
  return (sameYear ? dayThisYear : dayOtherYear).format(seconds * 1000);
}

/** The time for today, else the day: the short form beside a name in the list. */
export function listTime(seconds) {
  return dayKey(seconds) === dayKey(Date.now() / 1000) ? clockTime(seconds) : dayShort.format(seconds * 1000);
}

/** A length in seconds as "0:07". */
export function duration(seconds) {
  const whole = Math.max(0, Math.round(Number.isFinite(seconds) ? seconds : 0));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
