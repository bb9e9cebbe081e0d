/** A line of JSON, as Caddy writes it, or nginx where it was told to: fields by their usual names. */
import * as v from "valibot";
import { parseIsoTime, parseLocalTime, parseUnixTime } from "./log-time.ts";
import { type LoggedRequest, splitRequest } from "./logged-request.ts";

/** The first that is there is taken. */
const TIMES = ["ts", "msec", "time_iso8601", "@timestamp", "timestamp", "time", "time_local"];
const ADDRESSES = ["client_ip", "remote_addr", "remote_ip", "clientip", "ip"];
const METHODS = ["method", "request_method"];
const TARGETS = ["uri", "request_uri", "url", "path"];
const STATUSES = ["status", "response_status"];
const AGENTS = ["http_user_agent", "user_agent", "agent"];

type Fields = Readonly<Record<string, unknown>>;

export const parseJsonLine = (line: string): LoggedRequest | undefined => {
  const fields = objectOf(line);
  if (fields === undefined) return undefined;
  // Caddy has what was asked for, with its headers, in an object of its own.
  const inner = v.is(v.record(v.string(), v.unknown()), fields.request) ? fields.request : {};
  const all = { ...fields, ...inner };
  const at = timeOf(first(fields, TIMES));
  const address = textOf(first(all, ADDRESSES));
  const status = Number(first(fields, STATUSES));
  const asked = requestOf(all);
  if (at === undefined || address === "" || asked === undefined) return undefined;
  if (/\s/.test(address) || !Number.isInteger(status) || status < 100 || status > 999) {
    return undefined;
  }
  const agent = textOf(first(all, AGENTS)) || header(inner, "user-agent");
  const purpose = header(inner, "sec-purpose") || header(inner, "purpose");
  return {
    ...{ at, address, status, ...asked },
    userAgent: agent === "-" ? "" : agent,
    purpose: purpose === "" ? undefined : purpose,
  };
};

const objectOf = (line: string): Fields | undefined => {
  try {
    const parsed = v.safeParse(v.record(v.string(), v.unknown()), JSON.parse(line));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
};

const first = (fields: Fields, names: readonly string[]): unknown => {
  const name = names.find((it) => fields[it] !== undefined && fields[it] !== "");
  return name === undefined ? undefined : fields[name];
};

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

const timeOf = (value: unknown): number | undefined => {
  if (typeof value === "number") return parseUnixTime(value);
  const text = textOf(value);
  if (/^\d{9,13}(?:\.\d{1,9})?$/.test(text)) return parseUnixTime(Number(text));
  return parseIsoTime(text) ?? parseLocalTime(text);
};

/** Method and target apart, or both in the line that was sent; what has neither is no line of an access log. */
const requestOf = (fields: Fields): Pick<LoggedRequest, "method" | "target"> | undefined => {
  const method = textOf(first(fields, METHODS));
  const target = textOf(first(fields, TARGETS));
  if (method !== "" && target !== "") return { method, target };
  return typeof fields.request === "string" ? splitRequest(fields.request) : undefined;
};

/** Names of headers in any case; of several values the first. */
const header = ({ headers }: Fields, name: string): string => {
  if (!v.is(v.record(v.string(), v.unknown()), headers)) return "";
  const [, value] = Object.entries(headers).find(([it]) => it.toLowerCase() === name) ?? [];
  return textOf(Array.isArray(value) ? value[0] : value);
};
