import { BODY_TIMEOUT_MS } from "../core/limits.ts";
import { Refusal } from "./problem.ts";

/**
 * A request's body as it is, within a number of bytes and in time: who sends a byte a minute would hold a request for
 * as long as he likes.
 * @throws Refusal
 */
export const bodyBytes = async (request: Request, maxBytes: number): Promise<Uint8Array> => {
  refuseEncoded(request.headers);
  const declared = request.headers.get("Content-Length");
  if (declared !== null && Number(declared) > maxBytes) throw tooLarge(maxBytes);
  if (request.body === null) return EMPTY;
  // HTTP holds a body to its declared length; one of undeclared length is read only as far as it may go.
  if (declared !== null) return inTime(wholeOf(request));
  const reader: BytesReader = request.body.getReader();
  const giveUp = () => void reader.cancel().catch(() => undefined);
  return inTime(upTo(maxBytes, reader), giveUp);
};

const EMPTY = new Uint8Array();

/**
 * What is small when it comes may be large when it is unpacked: it is not unpacked (RFC 9110, section 15.5.16; the
 * answer says what is taken, section 12.5.3).
 */
const refuseEncoded = (headers: Headers): void => {
  const encoding = headers.get("Content-Encoding")?.trim().toLowerCase() ?? "";
  if (encoding === "" || encoding === "identity") return;
  throw new Refusal("unsupported-content-encoding", { headers: { "Accept-Encoding": "identity" } });
};

type BytesReader = ReadableStreamDefaultReader<Uint8Array>;

const wholeOf = async (request: Request): Promise<Uint8Array> =>
  new Uint8Array(await request.arrayBuffer());

const upTo = async (maxBytes: number, reader: BytesReader): Promise<Uint8Array> => {
  const bytes = new Uint8Array(maxBytes);
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return bytes.subarray(0, length);
    if (length + value.byteLength > maxBytes) {
      await reader.cancel();
      throw tooLarge(maxBytes);
    }
    bytes.set(value, length);
    length += value.byteLength;
  }
};

const inTime = async (
  reading: Promise<Uint8Array>,
  giveUp: () => void = () => undefined,
): Promise<Uint8Array> => {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(new Refusal("body-too-slow"));
    giveUp();
  }, BODY_TIMEOUT_MS);
  try {
    return await Promise.race([reading.catch(broken), late]);
  } finally {
    clearTimeout(timer);
  }
};

/** Chunks that are none, or a client that went away half way: that is no failure of ours. */
const broken = (cause: unknown): never => {
  if (cause instanceof Refusal) throw cause;
  throw new Refusal("malformed-json", { detail: "the body broke off" });
};

/** Made only when thrown: an error's stack trace costs more than reading the body. */
const tooLarge = (maxBytes: number): Refusal =>
  new Refusal("body-too-large", { extra: { maxBytes } });
