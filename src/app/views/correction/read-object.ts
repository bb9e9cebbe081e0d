import { HOUR_MS, MINUTE_MS } from "../../../core/limits.ts";
import type { RuleOnLine } from "../../../core/views/judged-line.ts";
import { VERDICTS } from "../../../core/views/verdict.ts";
import type { RawLog } from "../../../ports/raw-log.ts";
import type { ArchivedObject } from "../../../protocol/correction-rpc.ts";
import { hashOfHex, putEventId } from "../../../protocol/hex.ts";
import { edgeVerdictOf, parseRawLine } from "../../../protocol/raw-record.ts";
import type { AppliedRecords } from "./applied-records.ts";
import { MinuteRows } from "./minute-rows.ts";
import type { Places } from "./places.ts";

export interface Reading {
  readonly rawLog: Pick<RawLog, "read">;
  readonly places: Places;
  readonly ruleOn: RuleOnLine;
  readonly applied: AppliedRecords;
  /** Start of the hour, ms. */
  readonly hour: number;
}

export type ObjectRead =
  | {
      readonly status: "read";
      /** By start of the minute, ms. */
      readonly minutes: ReadonlyMap<number, readonly Uint8Array[]>;
    }
  /** It is not what the manifest says. */
  | { readonly status: "unsound"; readonly reason: string };

/**
 * One object of the raw log as rows by minute. All of it or nothing: an hour of which something is missing would be
 * corrected downwards.
 * @throws when the raw log fails
 */
export const readObject = async (reading: Reading, object: ArchivedObject): Promise<ObjectRead> => {
  const { name, events } = object;
  const batches = await reading.rawLog.read(name);
  if (batches === undefined) return unsound(`${name} is missing`);
  const minutes = new Map<number, MinuteRows>();
  let lines = 0;
  for await (const batch of batches) {
    for (const line of batch) {
      lines += 1;
      if (!take(reading, minutes, line)) return unsound(`line ${lines} of ${name} is no event`);
    }
  }
  if (lines !== events) return unsound(`${name} has ${lines} lines, not ${events}`);
  const pieces = Array.from(minutes, ([minute, rows]) => [minute, rows.pieces()] as const);
  return { status: "read", minutes: new Map(pieces) };
};

const unsound = (reason: string): ObjectRead => ({ status: "unsound", reason });

const take = (reading: Reading, minutes: Map<number, MinuteRows>, text: string): boolean => {
  const line = parseRawLine(text);
  if (line === undefined || line.at < reading.hour || line.at >= reading.hour + HOUR_MS) {
    return false;
  }
  const { id, at, content, prev } = line;
  const visitor = hashOfHex(line.visitor);
  const previousVisitor = prev === undefined ? undefined : hashOfHex(prev);
  if (visitor === undefined || (prev !== undefined && previousVisitor === undefined)) return false;
  const minute = at - (at % MINUTE_MS);
  let rows = minutes.get(minute);
  if (rows === undefined) {
    rows = new MinuteRows();
    minutes.set(minute, rows);
  }
  const place = reading.places.numberOf(line);
  const ruling = reading.ruleOn(line, edgeVerdictOf(line.verdict) ?? VERDICTS.unknown);
  const { edgeVerdict, excluded, held } = ruling;
  const record = reading.applied.numberOf(ruling);
  const row = { at, content, visitor, place, excluded, held, record, edgeVerdict };
  const whole = previousVisitor === undefined ? row : { ...row, previousVisitor };
  return rows.add(whole, (into, offset) => putEventId(into, offset, id, at));
};
