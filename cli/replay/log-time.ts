/** Times as access logs write them, each to ms since 1970 or `undefined`. */

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const LOCAL =
  /^(\d{2})\/([A-Z][a-z]{2})\/(\d{4}):(\d{2}:\d{2}:\d{2})(?:\.(\d{1,6}))? ([+-]\d{2})(\d{2})$/;

/** `17/May/2015:10:05:03 +0000`, of Apache and nginx. */
export const parseLocalTime = (text: string): number | undefined => {
  const [, day, monthName = "", year, time, fraction = "0", hours, minutes] =
    LOCAL.exec(text) ?? [];
  const month = `${MONTHS.indexOf(monthName) + 1}`.padStart(2, "0");
  return parseIsoTime(`${year}-${month}-${day}T${time}.${fraction}${hours}:${minutes}`);
};

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:[.,](\d{1,9}))?(?:Z|[+-](?:[01]\d|2[0-3]):?[0-5]\d)$/;

/** `2015-05-17T10:05:03.250+02:00`; a time without a zone is none. */
export const parseIsoTime = (text: string): number | undefined => {
  const [, year, month, day] = ISO.exec(text) ?? [];
  if (year === undefined || !isDate(Number(year), Number(month), Number(day))) return undefined;
  const at = Date.parse(text.replace(",", ".").replace(/([+-]\d{2})(\d{2})$/, "$1:$2"));
  return Number.isNaN(at) ? undefined : at;
};

/** Seconds with a fraction, or ms: what is too large for the one is the other. */
export const parseUnixTime = (value: number): number | undefined => {
  if (!Number.isFinite(value) || value <= 0) return undefined;
  return Math.round(value < 1e11 ? value * 1_000 : value);
};

/** `Date.parse` reads 31 April as 1 May. */
const isDate = (year: number, month: number, day: number): boolean => {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
};
