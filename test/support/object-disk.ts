import { DatabaseSync, type SQLOutputValue, type StatementSync } from "node:sqlite";
import type { ObjectStorage, SqlRow } from "../../src/adapters/objects/object-storage.ts";

type Binding = ArrayBuffer | Uint8Array | string | number | null;

/** What one life of an object holds of its disk; broken when the object dies. */
interface Handle {
  broken: boolean;
  readonly synced: () => Promise<void>;
}

/**
 * The disk of one Durable Object over `node:sqlite`: SQLite and an alarm that commit together. What was written since
 * the last `flush` is in one open transaction and gone after `crash`, as on a machine that dies before its fsync.
 */
export class ObjectDisk {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #handle: Handle | undefined;
  #alarm: number | undefined;
  #flushedAlarm: number | undefined;
  #dirty = false;
  #depth = 0;
  #failing: string | undefined;
  #changed = false;

  /** @param path of the file; in memory when absent */
  constructor(path = ":memory:") {
    this.#database = new DatabaseSync(path);
  }

  /**
   * Storage for a new life of the object; the one before can no longer write.
   * @param synced resolves `sync()`; without it every `sync` flushes at once
   */
  open(synced?: () => Promise<void>): ObjectStorage {
    this.crash();
    const handle: Handle = { broken: false, synced: synced ?? (async () => this.flush()) };
    this.#handle = handle;
    const alive = <T>(work: () => T): T => {
      if (handle.broken) throw new Error("a dead object touched its storage");
      return work();
    };
    const size = () => Number(this.#all("PRAGMA page_count", [])[0]?.page_count) * 4_096;
    return {
      sql: {
        exec: (query, ...bindings) => alive(() => this.#exec(query, bindings)),
        get databaseSize() {
          return alive(size);
        },
      },
      transactionSync: (work) => alive(() => this.#transaction(work)),
      setAlarm: (at) => alive(() => this.#setAlarm(at)),
      deleteAlarm: () => alive(() => this.#setAlarm(undefined)),
      sync: () => alive(handle.synced),
    };
  }

  /** The alarm as the object sees it, flushed or not. */
  get alarm(): number | undefined {
    return this.#alarm;
  }

  /** Whether something would be lost in a crash. */
  get dirty(): boolean {
    return this.#dirty;
  }

  /** Whether anything was written since it was asked last. */
  changed(): boolean {
    const changed = this.#changed;
    this.#changed = false;
    return changed;
  }

  flush(): void {
    if (!this.#dirty) return;
    this.#database.exec("COMMIT");
    this.#dirty = false;
    this.#flushedAlarm = this.#alarm;
  }

  /** Ends the life of the object: what was not flushed is gone, and it can write nothing any more. */
  crash(): void {
    if (this.#handle !== undefined) this.#handle.broken = true;
    this.#handle = undefined;
    if (this.#dirty) this.#database.exec("ROLLBACK");
    this.#dirty = false;
    this.#alarm = this.#flushedAlarm;
  }

  /** As the platform does before it calls the handler, which then sees none. */
  takeAlarm(): void {
    this.#begin();
    this.#alarm = undefined;
  }

  /** As the platform does when a handler died: its alarm comes again. */
  restoreAlarm(at: number): void {
    this.#alarm ??= at;
    this.#flushedAlarm ??= at;
  }

  /** Looks at what is stored from outside the object. */
  read(query: string, ...bindings: Binding[]): readonly SqlRow[] {
    return this.#all(query, bindings);
  }

  /** The next statement that begins like this fails, once. */
  failNext(query: string): void {
    this.#failing = query;
  }

  #exec(query: string, bindings: readonly Binding[]): readonly SqlRow[] {
    if (this.#failing !== undefined && query.startsWith(this.#failing)) {
      this.#failing = undefined;
      throw new Error("the disk is full");
    }
    if (!/^\s*(?:SELECT|PRAGMA)\b/i.test(query)) this.#begin();
    return this.#all(query, bindings);
  }

  #all(query: string, bindings: readonly Binding[]): readonly SqlRow[] {
    let statement = this.#statements.get(query);
    if (statement === undefined) {
      statement = this.#database.prepare(query);
      this.#statements.set(query, statement);
    }
    const values = bindings.map((it) => (it instanceof ArrayBuffer ? new Uint8Array(it) : it));
    return statement.all(...values).map(asRow);
  }

  #begin(): void {
    this.#changed = true;
    if (this.#dirty) return;
    this.#database.exec("BEGIN");
    this.#dirty = true;
  }

  #transaction<T>(work: () => T): T {
    this.#begin();
    const alarm = this.#alarm;
    const name = `nested_${this.#depth}`;
    this.#database.exec(`SAVEPOINT ${name}`);
    this.#depth += 1;
    try {
      return work();
    } catch (cause) {
      this.#database.exec(`ROLLBACK TO ${name}`);
      this.#alarm = alarm;
      throw cause;
    } finally {
      this.#database.exec(`RELEASE ${name}`);
      this.#depth -= 1;
    }
  }

  #setAlarm(at: number | undefined): Promise<void> {
    this.#begin();
    this.#alarm = at;
    return Promise.resolve();
  }
}

/** Blobs come back as `ArrayBuffer`, as in workerd. */
const asRow = (row: Record<string, SQLOutputValue>): SqlRow => {
  const plain: SqlRow = {};
  for (const [name, value] of Object.entries(row)) {
    if (typeof value === "bigint") throw new Error(`${name} is no safe integer`);
    plain[name] = value instanceof Uint8Array ? Uint8Array.from(value).buffer : value;
  }
  return plain;
};
