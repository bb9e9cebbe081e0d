/**
 * An access log made from a seed. It is no public log: it has the shape of one that is (10,000 lines of
 * semicomplete.com in elastic/examples, May 2015): in order of minutes and out of order within them, pages and their
 * assets, feeds and their readers, crawlers, lines without user agent, 304s and 404s. It is of a day where that is of
 * four, and of the present, since a service takes nothing back that is older than it keeps.
 */
import { Prng } from "../../simulation/prng.ts";

export interface MadeLog {
  readonly text: string;
  /** Lines that no server writes whole. */
  readonly malformed: number;
}

const MINUTE_MS = 60_000;
/** Over any midnight. */
const MINUTES = 26 * 60;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const BROWSERS = [
  "Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/32.0.1700.107 Safari/537.36",
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_9_1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/32.0.1700.77 Safari/537.36",
  "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:27.0) Gecko/20100101 Firefox/27.0",
  'Mozilla/5.0 (X11; Linux x86_64; a \\"quoted\\" one) Gecko/20100101 Firefox/26.0',
] as const;
const PROGRAMS = [
  "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
  "Tiny Tiny RSS/1.11 (http://tt-rss.org/)",
  "UniversalFeedParser/4.2-pre-314-svn +http://feedparser.org/",
  "-",
] as const;
const ASSETS = ["/reset.css", "/style2.css", "/images/jordan-80.png", "/favicon.ico"] as const;
const BROKEN = [
  "not a line",
  '198.51.100.1 - - [32/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 1 "-" "-"',
] as const;

/** @param endMs no line is younger @param lines that there are */
export const makeLog = (seed: number, lines: number, endMs: number): MadeLog => {
  const random = new Prng(seed);
  const startMs = Math.floor(endMs / MINUTE_MS) * MINUTE_MS - MINUTES * MINUTE_MS;
  const perMinute = lines / MINUTES;
  const made: string[] = [];
  let malformed = 0;
  for (let minute = 0; made.length < lines; minute += 1) {
    const due = Math.min(lines, Math.ceil((minute + 1) * perMinute));
    while (made.length < due) {
      const at = startMs + minute * MINUTE_MS + random.between(0, 59) * 1_000;
      if (random.chance(0.001)) {
        made.push(random.pick(BROKEN));
        malformed += 1;
      } else made.push(lineAt(random, at));
    }
  }
  return { text: `${made.join("\n")}\n`, malformed };
};

const lineAt = (random: Prng, at: number): string => {
  const isProgram = random.chance(0.25);
  const agent = isProgram ? random.pick(PROGRAMS) : BROWSERS[random.zipf(BROWSERS.length)];
  // Few visitors who come back within the minute, and pages that everybody reads.
  const visitor = random.zipf(8);
  const address =
    visitor % 7 === 0 ? `2001:db8:0:${visitor}::${random.between(1, 3)}` : `203.0.113.${visitor}`;
  const path = random.chance(0.35) ? random.pick(ASSETS) : pathOf(random);
  const status = random.pick([200, 200, 200, 200, 200, 200, 304, 404, 301]);
  const method = random.chance(0.02) ? random.pick(["HEAD", "POST"]) : "GET";
  const bytes = status === 304 ? "-" : `${random.between(100, 90_000)}`;
  const request = `"${method} ${path} HTTP/1.${random.between(0, 1)}"`;
  return `${address} - - [${timeOf(random, at)}] ${request} ${status} ${bytes} "-" "${agent}"`;
};

const pathOf = (random: Prng): string => {
  const page = random.zipf(40);
  const path = page === 0 ? "/" : `/blog/geekery/article-${page}.html`;
  const query = random.zipf(6);
  if (query === 1) return `${path}?utm_source=feedburner&utm_medium=feed`;
  return query === 2 ? `${path}?flav=rss20` : path;
};

/** Of servers that stand in two zones. */
const timeOf = (random: Prng, at: number): string => {
  const offset = random.chance(0.1) ? 2 : 0;
  const local = new Date(at + offset * 60 * MINUTE_MS).toISOString();
  const [year, month, day] = local.slice(0, 10).split("-");
  const name = MONTHS[Number(month) - 1];
  return `${day}/${name}/${year}:${local.slice(11, 19)} +0${offset}00`;
};
