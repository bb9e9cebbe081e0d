/** What a log counts, found the plainest way there is, with nothing of the product in it. */
import { createHash } from "node:crypto";

/** Views by content, and by the start of the hour, ms. */
export type NaiveCounts = ReadonlyMap<string, ReadonlyMap<number, number>>;

interface View {
  readonly at: number;
  readonly who: string;
  readonly content: string;
}

const MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";

/** @param site `https://example.org` */
export const countNaively = (log: string, site: string): NaiveCounts => {
  const views = log.split("\n").flatMap((line) => viewOf(line, site) ?? []);
  views.sort((a, b) => a.at - b.at);
  const last = new Map<string, number>();
  const counts = new Map<string, Map<number, number>>();
  for (const { at, who, content } of views) {
    const key = `${content} ${who}`;
    if (at - (last.get(key) ?? 0) < 60_000) continue;
    last.set(key, at);
    const hours = counts.get(content) ?? new Map<number, number>();
    counts.set(content, hours);
    const hour = at - (at % 3_600_000);
    hours.set(hour, (hours.get(hour) ?? 0) + 1);
  }
  return counts;
};

const viewOf = (line: string, site: string): View | undefined => {
  // The parts between quotes that no backslash stands before.
  const [head = "", request = "", status = "", , , agent = ""] = line.split(/(?<!\\)"/);
  const [address = "", , , day = "", zone = ""] = head.trim().split(" ");
  const at = timeOf(day.slice(1), zone.slice(0, 5));
  const [method, target = ""] = request.split(" ");
  if (Number.isNaN(at) || method !== "GET" || !/^ (?:200|304) /.test(status)) return undefined;
  if (agent === "-" || /bot|RSS|FeedParser/.test(agent)) return undefined;
  const [path = "", query = ""] = target.split("?");
  if (/\.(?:css|png|ico)$/.test(path)) return undefined;
  const kept = query.startsWith("utm_") || query === "" ? "" : `?${query}`;
  const digest = createHash("sha256").update(`${site}${path}${kept}`).digest("base64url");
  const network = address.includes(":") ? address.split(":").slice(0, 4).join(":") : address;
  return { at, who: `${network} ${agent}`, content: `u_${digest.slice(0, 22)}` };
};

/** `17/May/2015:10:05:03` and `+0200` */
const timeOf = (text: string, zone: string): number => {
  const [date = "", ...clock] = text.split(":");
  const [day, monthName = "", year] = date.split("/");
  const month = MONTHS.indexOf(monthName) / 3 + 1;
  const iso = `${year}-${`${month}`.padStart(2, "0")}-${day}T${clock.join(":")}Z`;
  return Date.parse(iso) - Number(zone.slice(0, 3)) * 3_600_000;
};
