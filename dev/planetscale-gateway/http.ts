/** Requests in and JSON out. */
import type { IncomingMessage, ServerResponse } from "node:http";

/** Answered with its status; the client makes its own error of the body. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** @throws HttpError where it is too long, no JSON, or no object */
export const readJson = async (
  request: IncomingMessage,
  maxBytes: number,
): Promise<Readonly<Record<string, unknown>>> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    // Read to its end and thrown away: whoever is answered earlier may never read the answer.
    if (size > maxBytes) chunks.length = 0;
    else chunks.push(chunk);
  }
  if (size > maxBytes) {
    throw new HttpError(413, "RESOURCE_EXHAUSTED", `the body has more than ${maxBytes} bytes`);
  }
  const [only] = chunks;
  const bytes = only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks, size);
  const parsed = parse(bytes.toString("utf8"));
  if (!isObject(parsed)) throw new HttpError(400, "INVALID_ARGUMENT", "the body is no JSON object");
  return parsed;
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const sendJson = (response: ServerResponse, status: number, body: unknown): void => {
  const bytes = Buffer.from(JSON.stringify(body));
  const headers = { "Content-Type": "application/json", "Content-Length": bytes.length };
  response.writeHead(status, headers).end(bytes);
};

/** As long as it says it is, and cut off in the middle. */
export const sendHalf = (response: ServerResponse, body: unknown): void => {
  const bytes = Buffer.from(JSON.stringify(body));
  const headers = { "Content-Type": "application/json", "Content-Length": bytes.length };
  response.writeHead(200, headers);
  response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy());
};

export const sendHttpError = (response: ServerResponse, error: HttpError): void => {
  const { status, code, message } = error;
  if (status === 401) response.setHeader("WWW-Authenticate", "Basic");
  if (status === 405) response.setHeader("Allow", "POST");
  sendJson(response, status, { error: { code, message } });
};
