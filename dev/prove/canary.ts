/** That nothing anybody would have to keep secret, or private, is in anything that a service writes. */
import { join } from "node:path";
import { ALLOWED } from "./canary/allowed.ts";
import { startBadly } from "./canary/bad-starts.ts";
import { MarkBook } from "./canary/book.ts";
import { Caller } from "./canary/caller.ts";
import { type Trouble, tapWires, type Wire } from "./canary/faults.ts";
import { MARK_KINDS, type Mark } from "./canary/marks.ts";
import { plantMarks } from "./canary/plant.ts";
import { type Searched, search } from "./canary/search.ts";
import { keysOf, tablesOf } from "./canary/stores.ts";
import { Traffic } from "./canary/traffic.ts";
import { filesOf, type Written } from "./canary/written.ts";
import type { SafetyService } from "./safety/service.ts";

export interface CanaryScale {
  readonly visitors: number;
  /** Of bad requests every so manieth is sent; 1 is all. */
  readonly badEvery: number;
  /** What goes wrong, one after the other, while everything is asked again. */
  readonly troubles: readonly Trouble[];
  /** Views are opened and confirmed during each of them, too: seconds more for each. */
  readonly visitsInTrouble: boolean;
  /** Services are started whose stores cannot be reached. */
  readonly badStarts: boolean;
  /** Of the files below the state's directory; absent: none is left out. */
  readonly skip?: RegExp;
}

export interface CanaryReport extends Searched {
  readonly marks: number;
  /** Answers by status; 0 is none. */
  readonly statuses: ReadonlyMap<number, number>;
  /** Marks that were written down on purpose, each in each form and place; and those that were not found there. */
  readonly planted: number;
  readonly missed: readonly string[];
}

/** Ends the service, and searches; its databases are there still. */
export const proveCanary = async (
  service: SafetyService,
  scale: CanaryScale,
): Promise<CanaryReport> => {
  const { stores, state } = service;
  const book = bookOf(service);
  const wire = stores && tapWires(stores);
  const caller = new Caller(service.url);
  await beBusy(new Traffic(book, caller, { ...service, ...scale }), wire, scale);
  await service.stop();

  const written = [...caller.answers, ...(wire?.sent ?? []), outputOf(service)];
  if (scale.badStarts) written.push(...(await startBadly(book, state)));
  if (stores !== undefined) {
    written.push(...(await tablesOf(stores.mysql)), ...(await stores.withRedis(keysOf)));
  }
  const searched = search(book.marks, chain(written, filesOf(state, scale.skip)), ALLOWED);
  const marks = oneOfEach(book.marks);
  const look = (pieces: Iterable<Written>) => search(marks, pieces, []);
  const planting = { marks, directory: join(state, "planted"), stores, look };
  const { statuses } = caller;
  return { ...searched, ...(await plantMarks(planting)), marks: book.marks.length, statuses };
};

/** With the secrets that the service has. */
const bookOf = ({ tokenKeys, ticketKeys, adminKey, stores }: SafetyService): MarkBook => {
  const book = new MarkBook();
  for (const keys of [tokenKeys, ticketKeys]) book.signingKeys(keys);
  book.secret("admin key", adminKey);
  if (stores !== undefined) {
    book.secret("password", stores.database.password);
    book.secret("password", stores.readModel.token);
  }
  return book;
};

const beBusy = async (
  traffic: Traffic,
  wire: Wire | undefined,
  { troubles, visitsInTrouble }: CanaryScale,
): Promise<void> => {
  await traffic.good();
  await Promise.all([traffic.visits(), traffic.bad()]);
  for (const trouble of troubles) {
    wire?.trouble(trouble);
    await Promise.all([traffic.good(), visitsInTrouble && traffic.visits()]);
  }
  wire?.trouble("none");
  await traffic.good();
  traffic.end();
};

/** Where the service has no password, there is none to plant. */
const oneOfEach = (marks: readonly Mark[]): readonly Mark[] =>
  MARK_KINDS.flatMap((kind) => marks.find((mark) => mark.kind === kind) ?? []);

const outputOf = (service: SafetyService): Written => ({
  place: "output",
  name: "stdout and stderr",
  bytes: Buffer.from(service.output()),
});

function* chain<Item>(...all: readonly Iterable<Item>[]): Generator<Item> {
  for (const one of all) yield* one;
}
