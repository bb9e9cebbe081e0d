/** Requests in and JSON out. */
import { timingSafeEqual } from "node:crypto";
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

/** What is answered, as far as it can be known before it is sent. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** @returns undefined when it is longer than that: it is read to its end all the same, since whoever is answered earlier may never read the answer */
export const readBytes = async (
  request: IncomingMessage,
  maxBytes: number,
): Promise<Buffer | undefined> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > maxBytes) chunks.length = 0;
    else chunks.push(chunk);
  }
  if (size > maxBytes) return undefined;
  const [only] = chunks;
  return only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks, size);
};

/** @returns undefined where `bytes` are no JSON */
export const parseJson = (bytes: Buffer): unknown => {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return undefined;
  }
};

export const sendJson = (response: ServerResponse, status: number, body: unknown): void =>
  sendAnswer(response, { status, body });

export const sendAnswer = (response: ServerResponse, answer: Answer): void => {
  response.end(head(response, answer));
};

/** As long as it says it is, and cut off in the middle. */
export const sendHalf = (response: ServerResponse, answer: Answer): void => {
  const bytes = head(response, answer);
  response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy());
};

/** @returns what has to follow */
const head = (response: ServerResponse, { status, body, headers }: Answer): Buffer => {
  const bytes = Buffer.from(JSON.stringify(body));
  const own = { "Content-Type": "application/json", "Content-Length": bytes.length };
  response.writeHead(status, { ...own, ...headers });
  return bytes;
};

/** In a time that does not tell how much of them is the same. */
export const isSame = (one: string, other: string): boolean => {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
};
