import type { StreamId } from "../../core/ids.ts";
import type { RegistryTables, Stream } from "../../ports/database.ts";
import type { Rooms } from "../../ports/rooms.ts";
import type { NumbersAnswer } from "../../protocol/room-rpc.ts";
import { type AuditDeps, auditOf } from "../audit.ts";
import { type StreamNumbers, shownNumbers } from "./stream-numbers.ts";
import type { StreamRegistry } from "./stream-registry.ts";

export interface StartStreamDeps extends AuditDeps {
  readonly registry: Pick<RegistryTables, "stream" | "startStream" | "endStream">;
  readonly rooms: Pick<Rooms, "open" | "end">;
  readonly known: Pick<StreamRegistry, "forget">;
}

export type StartStreamResult =
  | {
      readonly status: "done";
      readonly stream: Stream;
      /** Absent where there never was a room. */
      readonly numbers: StreamNumbers | undefined;
    }
  | { readonly status: "unknown-stream" };

/**
 * Registers that the stream is live, then opens its room: a start that dies half way leaves a live stream without a
 * room, and the same again opens it. An end that came in between has found no room to end; so whoever opened one
 * looks again, lest the room of an ended stream stay live for ever.
 */
export const startStream = async (
  deps: StartStreamDeps,
  id: StreamId,
): Promise<StartStreamResult> => {
  const { registry, rooms } = deps;
  const before = await registry.stream(id);
  if (before === undefined) return { status: "unknown-stream" };
  const audit = auditOf(deps, { action: "stream.start", subject: id, before, after: "live" });
  const stream = await registry.startStream(id, audit.at, audit);
  deps.known.forget(id);
  if (stream === undefined) return { status: "unknown-stream" };
  const { broadcaster, category = null, startedAt = audit.at } = stream;
  if (stream.status !== "live") return done(stream, await rooms.end(id));
  const numbers = await rooms.open({ stream: id, broadcaster, category, startedAt });
  const after = await registry.stream(id);
  if (after?.status !== "ended") return done(stream, { outcome: "numbers", ...numbers });
  return done(after, await rooms.end(id));
};

/**
 * Ends the room, registers the end, and ends the room again. The room first: what dies half way then leaves a dead
 * room of a live stream, which the same again or a new start mends, and never a live room that nobody will end. And
 * last, for a start that opened the room in between and saw the stream still live.
 */
export const endStream = async (
  deps: StartStreamDeps,
  id: StreamId,
): Promise<StartStreamResult> => {
  const { registry, rooms } = deps;
  const before = await registry.stream(id);
  if (before === undefined) return { status: "unknown-stream" };
  const audit = auditOf(deps, { action: "stream.end", subject: id, before, after: "ended" });
  const ended = await rooms.end(id);
  const stream = await registry.endStream(id, audit.at, audit);
  deps.known.forget(id);
  if (stream === undefined) return { status: "unknown-stream" };
  return done(stream, stream.status === "ended" ? await rooms.end(id) : ended);
};

const done = (stream: Stream, answer: NumbersAnswer): StartStreamResult => ({
  status: "done",
  stream,
  numbers: answer.outcome === "unopened" ? undefined : shownNumbers(answer),
});
