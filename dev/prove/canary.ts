/** That nothing anybody would have to keep secret, or private, is in anything that a service writes. */
import { ALLOWED } from "./canary/allowed.ts";
import { MarkBook } from "./canary/book.ts";
import { Caller } from "./canary/caller.ts";
import { type Trouble, tapWires } from "./canary/faults.ts";
import { type Searched, search } from "./canary/search.ts";
import { keysOf, tablesOf } from "./canary/stores.ts";
import { Traffic } from "./canary/traffic.ts";
import { filesOf, type Written } from "./canary/written.ts";
import type { SafetyService } from "./safety/service.ts";

export interface CanaryScale {
  readonly visitors: number;
  /** What goes wrong, one after the other, while everything is asked again. */
  readonly troubles: readonly Trouble[];
  /** Of the state's directory; absent: none is left out. */
  readonly skip?: RegExp;
}

export interface CanaryReport extends Searched {
  readonly marks: number;
  readonly requests: number;
  /** Answers by status; 0 is none. */
  readonly statuses: ReadonlyMap<number, number>;
}

/** Ends the service, and searches; its databases have to be there still. */
export const proveCanary = async (
  service: SafetyService,
  { visitors, troubles, skip }: CanaryScale,
): Promise<CanaryReport> => {
  const book = new MarkBook();
  for (const keys of [service.tokenKeys, service.ticketKeys]) book.signingKeys(keys);
  book.secret("admin key", service.adminKey);
  const { stores } = service;
  if (stores !== undefined) {
    book.secret("password", stores.database.password);
    book.secret("password", stores.readModel.token);
  }
  const wire = stores && tapWires(stores);
  const caller = new Caller(service.url);
  const { url, adminKey, ticketKeys } = service;
  const traffic = new Traffic(book, caller, { url, adminKey, ticketKeys, visitors });

  await traffic.good();
  await traffic.visits();
  await traffic.bad();
  for (const trouble of troubles) {
    wire?.trouble(trouble);
    await traffic.good();
    await traffic.visits();
  }
  wire?.trouble("none");
  await traffic.good();
  traffic.end();
  await service.stop();

  const written: Written[] = [...caller.answers, ...(wire?.sent ?? []), outputOf(service)];
  if (stores !== undefined) {
    written.push(...(await tablesOf(stores.mysql)), ...(await stores.withRedis(keysOf)));
  }
  const searched = search(book.marks, chain(written, filesOf(service.state, skip)), ALLOWED);
  const requests = caller.answers.length;
  return { ...searched, marks: book.marks.length, requests, statuses: caller.statuses };
};

const outputOf = (service: SafetyService): Written => ({
  place: "output",
  name: "stdout and stderr",
  bytes: Buffer.from(service.output()),
});

function* chain<Item>(...all: readonly Iterable<Item>[]): Generator<Item> {
  for (const one of all) yield* one;
}
