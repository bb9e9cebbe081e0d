/** The combined log format of Apache and nginx, and what either writes behind it. */
import { parseLocalTime } from "./log-time.ts";
import { type LoggedRequest, splitRequest } from "./logged-request.ts";

/** In quotes, what would end them is escaped: `\"` by Apache, `\x22` by nginx. */
const QUOTED = String.raw`"((?:[^"\\]|\\.)*)"`;

/**
 * `address ident user [time] "request" status bytes "referer" "user agent"`, and more fields of the server's own. A line
 * that ends before its user agent does was torn: that is why the common format, which ends earlier, is not read.
 */
const LINE = new RegExp(
  String.raw`^(\S+) \S+ \S.*? \[([^\]]+)\] ${QUOTED} (\d{3}) (?:\d+|-) ${QUOTED} ${QUOTED}(?: .*)?$`,
  "s",
);

export const parseCombined = (line: string): LoggedRequest | undefined => {
  const match = LINE.exec(line);
  if (match === null) return undefined;
  const [, address = "", time = "", request = "", status, , agent = ""] = match;
  const at = parseLocalTime(time);
  if (at === undefined) return undefined;
  const userAgent = agent === "-" ? "" : unescaped(agent);
  const asked = splitRequest(unescaped(request));
  return { at, address, ...asked, status: Number(status), userAgent, purpose: undefined };
};

const ESCAPED = /\\(?:x([0-9a-fA-F]{2})|(.))/gs;
const CONTROLS: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", v: "\v" };

/** A byte becomes the character of its number: what is beyond ASCII is told from no other so. */
const unescaped = (text: string): string =>
  text.includes("\\")
    ? text.replace(ESCAPED, (_, hex?: string, plain = "") =>
        hex === undefined ? (CONTROLS[plain] ?? plain) : String.fromCharCode(parseInt(hex, 16)),
      )
    : text;
