import {
  DEDUPE_WINDOW_MS,
  HOUR_MS,
  RECEIPT_HOURS_BACK,
  RECEIPT_MAX_VIEWS,
} from "../../core/limits.ts";
import { formatEventId } from "../../core/views/event-id.ts";
import type { RuleOnLine } from "../../core/views/judged-line.ts";
import { hourOf } from "../../core/views/ledger.ts";
import { type OwnView, OwnViews } from "../../core/views/own-views.ts";
import type { Found } from "../../core/views/receipt.ts";
import { type ShardSchedule, shardOf } from "../../core/views/shards.ts";
import { VERDICTS } from "../../core/views/verdict.ts";
import type { ViewEvent } from "../../core/views/view-event.ts";
import type { Tallies } from "../../ports/tallies.ts";
import { hashOfHex } from "../../protocol/hex.ts";
import type { TraceAnswer, TracedEvent, TracedObject } from "../../protocol/object-rpc.ts";
import { edgeVerdictOf, type RawLine, verdictOfRaw } from "../../protocol/raw-record.ts";
import { OwnLines, type OwnLinesDeps } from "./own-lines.ts";

export interface FindDeps extends OwnLinesDeps {
  readonly tallies: Pick<Tallies, "traceView">;
  readonly schedule: ShardSchedule;
  /** How lines of the hour that begins then, ms, are to be judged, as is decided by now. */
  rulesOf(hour: number): Promise<RuleOnLine>;
}

/**
 * What became of an event. When a correction has settled its hour with the event in it, that is what the strict fold
 * says of the visitor's own few lines, and whatever came since changes nothing about it; else what the Tally said.
 * Nobody else's views can have a say, so nothing can be told of them.
 * @returns `undefined` when neither log nor archive have it
 * @throws when Tally, raw log or database fail, or it takes too long
 */
export const findVerdict = async (deps: FindDeps, event: ViewEvent): Promise<Found | undefined> => {
  const traced = await deps.tallies.traceView(event.shard, { hour: hourOf(event.at), event });
  const inLog = traced.event;
  // A copy is what remains in the log when the first has gone from it.
  const mayBeCopy = inLog?.verdict === "late" || isUnexplained(inLog);
  if (traced.settled && (inLog?.settled !== false || mayBeCopy)) {
    const corrected = await byCorrection(deps, event, traced);
    if (corrected !== undefined) return corrected;
  }
  if (inLog !== undefined && !mayBeCopy) return atOnce(inLog);
  return byArchive(deps, event, traced);
};

const isUnexplained = (inLog: TracedEvent | undefined): boolean =>
  inLog?.verdict === "duplicate" && inLog.of === undefined;

const atOnce = ({ verdict, acceptedAt, of }: TracedEvent): Found => ({
  verdict,
  decidedBy: "realtime",
  confirmedAt: acceptedAt,
  ...(of !== undefined && { of }),
});

/** The strict fold of what the last correction has read. */
const byCorrection = async (
  deps: FindDeps,
  event: ViewEvent,
  traced: TraceAnswer,
): Promise<Found | undefined> => {
  const id = formatEventId(event.id);
  const own = new OwnLines(deps, event);
  const views = new OwnViews({ id, at: event.at }, RECEIPT_MAX_VIEWS);
  let said: Found | undefined;
  const add = async (hour: number, { objects }: TraceAnswer) => {
    const ruleOn = await deps.rulesOf(hour);
    for await (const line of own.read(objects.filter(isSettled), event.at)) {
      views.add(ownView(line, ruleOn));
      if (line.id === id) said = better(said, line);
    }
  };
  let hour = hourOf(event.at);
  await add(hour, traced);
  if (said === undefined) return undefined;
  for (let back = 0; views.reachesBefore(hour); back += 1) {
    if (back === RECEIPT_HOURS_BACK) {
      views.endAt(hour);
      break;
    }
    hour -= HOUR_MS;
    const before = await deps.tallies.traceView(shardOf(deps.schedule, event.content, hour), {
      hour,
    });
    // As correction did: an hour without a result hands nothing on.
    if (!before.settled) break;
    await add(hour, before);
  }
  const judged = views.judge();
  const { confirmedAt } = said;
  return judged === undefined ? said : { ...judged, decidedBy: "correction", confirmedAt };
};

const isSettled = ({ settled }: TracedObject): boolean => settled;

const ownView = (line: RawLine, ruleOn: RuleOnLine): OwnView => {
  const { id, at, content, counted, prev } = line;
  const visitor = hashOfHex(line.visitor);
  const previousVisitor = prev === undefined ? undefined : hashOfHex(prev);
  if (visitor === undefined) throw new Error(`event ${id} has no visitor`);
  const { edgeVerdict, excluded, held } = ruleOn(
    line,
    edgeVerdictOf(line.verdict) ?? VERDICTS.unknown,
  );
  const view = { id, at, content, visitor, edgeVerdict, excluded, held, wasCounted: counted };
  return previousVisitor === undefined ? view : { ...view, previousVisitor };
};

/** What the Tally said, of an event that is in no part of the archive that a correction has read. */
const byArchive = async (
  deps: FindDeps,
  event: ViewEvent,
  { event: inLog, objects }: TraceAnswer,
): Promise<Found | undefined> => {
  const id = formatEventId(event.id);
  const hour = hourOf(event.at);
  const own = new OwnLines(deps, event);
  let found = inLog && atOnce(inLog);
  let of: number | undefined;
  const look = async (some: readonly TracedObject[]) => {
    for await (const line of own.read(some, event.at + DEDUPE_WINDOW_MS)) {
      if (line.id === id) found = better(found, line);
      else if (line.counted && isNear(line.at, event.at)) of ??= line.at;
    }
  };
  const isOpen = () => found?.verdict === "duplicate" && of === undefined;
  await look(objects.filter((object) => !object.settled));
  if (isOpen()) await look(objects.filter(isSettled));
  for (const [next, edge] of [
    [hour - HOUR_MS, hour - 1],
    [hour + HOUR_MS, hour + HOUR_MS],
  ] as const) {
    if (!isOpen() || !isNear(event.at, edge)) continue;
    await look((await deps.tallies.traceView(event.shard, { hour: next })).objects);
  }
  return found?.verdict === "duplicate" && of !== undefined ? { ...found, of } : found;
};

const isNear = (a: number, b: number): boolean => Math.abs(a - b) < DEDUPE_WINDOW_MS;

/** Of an event's copies the first one was judged, and the others are duplicates of it. */
const better = (found: Found | undefined, line: RawLine): Found => {
  const { counted, acceptedAt } = line;
  const confirmedAt = Math.min(found?.confirmedAt ?? acceptedAt, acceptedAt);
  const isFirst = found === undefined || counted || found.verdict === "duplicate";
  const verdict = isFirst ? verdictOfRaw(line.verdict) : found.verdict;
  return { verdict, decidedBy: "realtime", confirmedAt };
};
