/** Replies of Redis as the body of an answer. */
import { ErrorReply } from "@redis/client";
import type { Reply } from "./backend.ts";

export type Encoding = "plain" | "base64";

export type Item = { readonly result: JsonReply } | { readonly error: string };

type JsonReply = null | number | string | readonly JsonReply[];

export const toItem = (reply: Reply, encoding: Encoding): Item =>
  reply instanceof ErrorReply ? { error: reply.message } : { result: RESULTS[encoding](reply) };

const RESULTS: Readonly<Record<Encoding, (reply: Reply) => JsonReply>> = {
  plain: (reply) => convert(reply, (bytes) => bytes.toString("utf8")),
  /**
   * Of all strings only a whole result that is exactly `OK` stays as it is. The client looks for that there and not
   * among the items of an array, whose `OK` it would decode to something else.
   */
  base64: (reply) => (isOk(reply) ? "OK" : convert(reply, (bytes) => bytes.toString("base64"))),
};

const isOk = (reply: Reply): boolean =>
  reply === "OK" || (Buffer.isBuffer(reply) && reply.equals(OK));

const OK = Buffer.from("OK");

const convert = (reply: Reply, textOf: (bytes: Buffer) => string): JsonReply => {
  if (reply === null || typeof reply === "number") return reply;
  if (typeof reply === "string") return textOf(Buffer.from(reply));
  if (Buffer.isBuffer(reply)) return textOf(reply);
  if (reply instanceof ErrorReply) return reply.message;
  return reply.map((item) => convert(item, textOf));
};
