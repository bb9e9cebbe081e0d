import * as v from "valibot";
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
  const type = request.headers.get("Content-Type")?.split(";")[0]?.trim().toLowerCase() ?? "";
  if (type !== "application/json" && type !== "text/plain")
    throw new Refusal("unsupported-media-type");
  const body = parseJson(await readText(request, maxBytes));
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
  throw new Refusal("invalid-request", { detail });
};

/** What was sent may be somebody's secret in the wrong place, and an answer may be logged by whoever asked. */
const withoutReceived = ({ message, received }: v.BaseIssue<unknown>): string => {
  const end = message.lastIndexOf(`eceived ${received}`);
  return end === -1 ? message : message.slice(0, end).replace(/(?: but r|R)$/, "").trimEnd();
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal("malformed-json");
  }
};

/** HTTP holds a body to its declared length; one of undeclared length is read only as far as it may go. */
const readText = async (request: Request, maxBytes: number): Promise<string> => {
  const declared = request.headers.get("Content-Length");
  if (declared !== null) {
    if (Number(declared) > maxBytes) throw tooLarge(maxBytes);
    return request.text();
  }
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of request.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
};

/** Made only when thrown: an error's stack trace costs more than reading the body. */
const tooLarge = (maxBytes: number): Refusal =>
  new Refusal("body-too-large", { extra: { maxBytes } });
