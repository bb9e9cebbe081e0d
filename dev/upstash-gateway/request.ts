/** What a request of Upstash's REST protocol asks for. */
import type { IncomingMessage } from "node:http";
import { HttpError, parseJson, readBytes } from "../gateway/http.ts";
import type { Command } from "./backend.ts";

export interface UpstashRequest {
  readonly kind: "single" | "pipeline" | "multi-exec";
  /** One of a single request. */
  readonly commands: readonly Command[];
}

const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT"]);

const BATCHES = { "/pipeline": "pipeline", "/multi-exec": "multi-exec" } as const;

/** The name of the parameter that may carry the token. */
export const TOKEN_PARAMETER = "_token";

/** Where a request goes; a key may hold what a URL would take for steps upwards. */
export interface Target {
  readonly path: string;
  readonly parameters: URLSearchParams;
}

export const targetOf = ({ url = "/" }: IncomingMessage): Target => {
  const query = url.indexOf("?");
  const end = query === -1 ? url.length : query;
  return { path: url.slice(0, end), parameters: new URLSearchParams(url.slice(end + 1)) };
};

/** @throws HttpError in Redis' words where it asks for nothing that can be asked for */
export const readRequest = async (
  request: IncomingMessage,
  target: Target,
  maxBytes: number,
): Promise<UpstashRequest> => {
  const { method = "" } = request;
  if (!METHODS.has(method)) {
    throw new HttpError(405, "METHOD", `ERR the method ${method} is not allowed`);
  }
  const body = await readBytes(request, maxBytes);
  if (body === undefined) throw refused(`max request size exceeded. Limit: ${maxBytes} bytes`);
  const { path } = target;
  if (path === "/") return { kind: "single", commands: [toCommand(parseJson(body))] };
  if (path === "/pipeline" || path === "/multi-exec") {
    return { kind: BATCHES[path], commands: toCommands(parseJson(body)) };
  }
  return { kind: "single", commands: [commandOfPath(target, body)] };
};

const toCommands = (parsed: unknown): readonly Command[] => {
  if (!Array.isArray(parsed)) throw refused("failed to parse pipeline request");
  if (parsed.length === 0) throw refused("empty pipeline request");
  return parsed.map(toCommand);
};

const toCommand = (parsed: unknown): Command => {
  if (!Array.isArray(parsed)) throw refused("failed to parse command");
  if (parsed.length === 0 || parsed[0] === "") throw refused("empty command");
  return parsed.map(toArgument);
};

const toArgument = (value: unknown): string => {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return `${value}`;
  throw refused("failed to parse command: an argument is neither text nor a number");
};

/** `/set/key` with a body of any bytes, and what comes after those as parameters: `?EX=60`. */
const commandOfPath = ({ path, parameters }: Target, body: Buffer): Command => {
  const segments = path.slice(1).split("/").map(decoded);
  if (segments[0] === "") throw refused("empty command");
  const options = [...parameters]
    .filter(([name]) => name !== TOKEN_PARAMETER)
    .flatMap(([name, value]) => (value === "" ? [name] : [name, value]));
  return [...segments, ...(body.length === 0 ? [] : [body]), ...options];
};

const decoded = (segment: string): string => {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw refused("failed to parse the path");
  }
};

const refused = (reason: string): HttpError => new HttpError(400, "REFUSED", `ERR ${reason}`);
