import type { Collector } from "../../src/app/views/collector.ts";
import type { ObjectHost } from "./object-host.ts";
import { bytesOf, demand, idsIn, type View } from "./view.ts";

/** All that one storage of a Collector ever held, and what is still there. */
interface Source {
  readonly rows: Map<number, readonly string[]>;
  held: number[];
  /** By shard, the row a Tally without memory asked to go back to. */
  readonly rewound: Map<number, number>;
}

export interface CollectorContext {
  view(id: string): View;
  /** Whether a Tally has the event in its log, on disk. */
  wasTaken(view: View): boolean;
  /** Whether it is in the log of the storage the Tally has now. */
  isTaken(view: View): boolean;
}

/** Watches what Collectors acknowledge, keep and cut off. */
export class CollectorWitness {
  readonly #context: CollectorContext;
  readonly #sources = new Map<string, Source>();
  readonly #sourceOf = new Map<ObjectHost<Collector>, string>();
  /** By event, the sources that acknowledged it. */
  readonly #committed = new Map<string, Set<string>>();
  /** Events that were on no other disk when a Collector's was lost. */
  readonly #lost = new Map<string, Set<string>>();

  constructor(context: CollectorContext) {
    this.#context = context;
  }

  /** The answer `committed` left the object. */
  committed(host: ObjectHost<Collector>, frames: Uint8Array): void {
    const source = this.#sourceOf.get(host) ?? "";
    for (const id of idsIn(frames)) put(this.#committed, id, source);
  }

  wasCommitted(id: string): boolean {
    return this.#committed.has(id);
  }

  rowsOf(source: string): ReadonlyMap<number, readonly string[]> {
    return this.#sources.get(source)?.rows ?? new Map();
  }

  flushed(host: ObjectHost<Collector>): void {
    const name = this.#sourceName(host);
    this.#sourceOf.set(host, name);
    const source: Source = this.#sources.get(name) ?? {
      rows: new Map(),
      held: [],
      rewound: new Map(),
    };
    this.#sources.set(name, source);
    const last = Math.max(0, ...source.rows.keys());
    for (const { id, frames } of host.disk.read("SELECT id, frames FROM rows WHERE id > ?", last)) {
      source.rows.set(Number(id), idsIn(bytesOf(frames)));
      source.held.push(Number(id));
    }
    const [{ oldest } = { oldest: null }] = host.disk.read("SELECT MIN(id) AS oldest FROM rows");
    const floor = oldest === null ? Number.POSITIVE_INFINITY : Number(oldest);
    for (const row of source.held.filter((id) => id < floor)) this.#trimmed(name, source, row);
    source.held = source.held.filter((id) => id >= floor);
  }

  /** The source was told to go back, and so has to hand over again what it still holds. */
  rewound(source: string, shard: number, mark: number): void {
    this.#sources.get(source)?.rewound.set(shard, mark);
  }

  tallyLost(shard: number): void {
    for (const { rewound } of this.#sources.values()) rewound.delete(shard);
  }

  #trimmed(name: string, { rows, rewound }: Source, row: number): void {
    for (const id of rows.get(row) ?? []) {
      const view = this.#context.view(id);
      const isAsked = row > (rewound.get(view.event.shard) ?? Number.POSITIVE_INFINITY);
      const taken = isAsked ? this.#context.isTaken(view) : this.#context.wasTaken(view);
      demand(taken, () => `${name} cut off row ${row} before event ${id} was taken`);
    }
  }

  /** Rows and an alarm go together. */
  checkAlarm(host: ObjectHost<Collector>): void {
    const pending = host.disk.read("SELECT 1 FROM rows LIMIT 1").length > 0;
    demand(!pending || host.isArmed, () => `${host.name} has rows and no alarm`);
  }

  checkAtRest(host: ObjectHost<Collector>): void {
    const rows = host.disk.read("SELECT id FROM rows").length;
    demand(rows === 0, () => `${host.name} still has ${rows} rows at rest`);
    demand(!host.isArmed, () => `${host.name} has an alarm and nothing to do`);
  }

  /** Notes what may be gone for good: what was flushed here and is in no Tally yet. */
  losing(host: ObjectHost<Collector>): void {
    const name = this.#sourceOf.get(host) ?? "";
    const source = this.#sources.get(name);
    if (source === undefined) return;
    for (const id of source.held.flatMap((row) => source.rows.get(row) ?? [])) {
      if (!this.#context.wasTaken(this.#context.view(id))) put(this.#lost, id, name);
    }
  }

  /** Whether every storage that acknowledged the event was lost before it could hand it on. */
  mayBeLost(id: string): boolean {
    const lost = this.#lost.get(id);
    return [...(this.#committed.get(id) ?? [])].every((source) => lost?.has(source) ?? false);
  }

  #sourceName(host: ObjectHost<Collector>): string {
    const rows = host.disk.read("SELECT value FROM meta WHERE name = 'incarnation'");
    return `${host.name}:${rows[0]?.value}`;
  }
}

const put = (sets: Map<string, Set<string>>, key: string, value: string): void => {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([value]));
  else set.add(value);
};
