import * as v from "valibot";
import { bodyBytes } from "./body-bytes.ts";
import { Refusal } from "./problem.ts";

/**
 * Reads a JSON body, also one sent as `text/plain`: a browser sends that without a preflight, and a beacon at all.
 * @throws Refusal
 */
export const readBody = async <Schema extends v.GenericSchema>(
  request: Request,
  maxBytes: number,
  schema: Schema,
): Promise<v.InferOutput<Schema>> => {
  refuseMediaType(request.headers.get("Content-Type") ?? "");
  const body = parseJson(await bodyBytes(request, maxBytes));
  // An empty array passes for an object without fields.
  if (Array.isArray(body))
    throw new Refusal("invalid-request", { detail: "the body is an object" });
  return parse(schema, body);
};

/**
 * The same where all of it may be left out, and so the body itself.
 * @throws Refusal
 */
export const readOptionalBody = async <Schema extends v.GenericSchema>(
  request: Request,
  maxBytes: number,
  schema: Schema,
): Promise<v.InferOutput<Schema>> => {
  const empty = request.body === null || request.headers.get("Content-Length") === "0";
  return empty ? parse(schema, {}) : readBody(request, maxBytes, schema);
};

/** It names what was sent, which may be as long as a body. */
const DETAIL_MAX_CHARS = 300;

/** @throws Refusal naming the first thing that does not fit */
export const parse = <Schema extends v.GenericSchema>(
  schema: Schema,
  input: unknown,
): v.InferOutput<Schema> => {
  const result = v.safeParse(schema, input);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = v.getDotPath(issue);
  const said = withoutReceived(issue);
  const detail = path === null ? said : `${path}: ${said}`;
  throw new Refusal("invalid-request", { detail: detail.slice(0, DETAIL_MAX_CHARS) });
};

/** What was sent may be somebody's secret in the wrong place, and an answer may be logged by whoever asked. */
const withoutReceived = ({ message, received }: v.BaseIssue<unknown>): string => {
  const end = message.lastIndexOf(`eceived ${received}`);
  return end === -1
    ? message
    : message
        .slice(0, end)
        .replace(/(?: but r|R)$/, "")
        .trimEnd();
};

/** JSON is UTF-8 (RFC 8259, section 8.1); text that says it is in something else is not read as if it were not. */
const refuseMediaType = (text: string): void => {
  const [type = "", ...parameters] = text.split(";").map((part) => part.trim().toLowerCase());
  const isKnown = type === "application/json" || type === "text/plain";
  const charset = parameters.find((parameter) => parameter.startsWith("charset="));
  if (!isKnown || (charset !== undefined && !UTF8.test(charset))) {
    throw new Refusal("unsupported-media-type");
  }
};

const UTF8 = /^charset="?(?:utf-?8|us-ascii)"?$/;

/** Bytes that are no UTF-8 are refused: replaced by something else, they would be saved as what nobody sent. */
const parseJson = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(strict.decode(bytes));
  } catch {
    throw new Refusal("malformed-json");
  }
};

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });
