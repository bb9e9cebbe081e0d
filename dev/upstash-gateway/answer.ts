/** A request from what it asks for to its answer. */
import { ErrorReply } from "@redis/client";
import type { Answer } from "../gateway/http.ts";
import type { Backend, Command, Reply } from "./backend.ts";
import { refusalOf } from "./refused.ts";
import { type Encoding, type Item, toItem } from "./reply.ts";
import type { UpstashRequest } from "./request.ts";

export interface AnswerDeps {
  readonly backend: Backend;
  /** @returns an error in Redis' words where the command of this place is not to be done */
  refuse(command: Command, at: number): Promise<string | undefined>;
  readonly encoding: Encoding;
}

/** @throws HttpError where Redis is away */
export const answerRequest = async (
  { backend, refuse, encoding }: AnswerDeps,
  { kind, commands }: UpstashRequest,
): Promise<Answer> => {
  const refusals = await Promise.all(
    commands.map(async (command, at) => refusalOf(command) ?? (await refuse(command, at))),
  );
  if (kind === "multi-exec") {
    const refusal = refusals.find((it) => it !== undefined);
    return refusal === undefined
      ? await answerTransaction(backend, commands, encoding)
      : refuseWhole(refusal);
  }
  const allowed = commands.filter((_, at) => refusals[at] === undefined);
  const replies = (allowed.length === 0 ? [] : await backend.run(allowed)).values();
  const items = refusals.map((error): Item => {
    if (error !== undefined) return { error };
    return toItem(replies.next().value ?? null, encoding);
  });
  const [first] = items;
  if (kind === "pipeline" || first === undefined) return { status: 200, body: items };
  return { status: "error" in first ? 400 : 200, body: first };
};

/** Refused as a whole when Redis takes one of the commands not in; what fails in the doing is that item's error. */
const answerTransaction = async (
  backend: Backend,
  commands: readonly Command[],
  encoding: Encoding,
): Promise<Answer> => {
  const replies = await backend.run([["MULTI"], ...commands, ["EXEC"]]);
  const refusal = replies.slice(0, -1).find((reply) => reply instanceof ErrorReply);
  if (refusal !== undefined) return refuseWhole(refusal.message);
  const done = replies.at(-1);
  if (done instanceof ErrorReply) return refuseWhole(done.message);
  return { status: 200, body: itemsOf(done).map((reply) => toItem(reply, encoding)) };
};

const itemsOf = (reply: Reply | undefined): readonly Reply[] => {
  if (Array.isArray(reply)) return reply;
  throw new Error("EXEC did not answer a list");
};

export const refuseWhole = (error: string): Answer => ({ status: 400, body: { error } });
