/** A writer and servers that follow it, in memory: each answers with its name. */
import { databaseReaders } from "../../src/adapters/reader-roles.ts";
import type { FlushRun } from "../../src/core/reader-lag.ts";
import type { ReaderRole } from "../../src/core/reader-roles.ts";
import type { JobRun } from "../../src/ports/database.ts";
import type { Consistency, DatabaseReaders, ReadTables } from "../../src/ports/database-readers.ts";
import { HandTime } from "./hand-time.ts";
import { readTables } from "./read-tables.ts";

export type ServerState = "up" | "down" | "hangs" | "tells its runs alone";

export class FakeServer {
  readonly name: string;
  state: ServerState = "up";
  readonly runs: JobRun[] = [];
  /** Questions for runs. */
  checks = 0;
  /** Reads of anything else. */
  reads = 0;
  readonly tables: ReadTables;

  constructor(name: string) {
    this.name = name;
    this.tables = readTables({
      jobs: { recent: (job, limit) => this.#recent(job, limit) },
      registry: { broadcaster: (id) => this.#read(id) },
    });
  }

  /** Takes over what the writer has. */
  follow(writer: FakeServer): void {
    this.runs.push(...writer.runs.slice(this.runs.length));
  }

  async #recent(job: string, limit: number): Promise<readonly JobRun[]> {
    this.checks += 1;
    await this.#answer(this.state === "tells its runs alone" ? "up" : this.state);
    const its = this.runs.filter((run) => run.job === job);
    return its.sort((a, b) => b.startedAt - a.startedAt).slice(0, limit);
  }

  async #read(id: string) {
    this.reads += 1;
    await this.#answer(this.state);
    return { id, name: this.name };
  }

  async #answer(state: ServerState): Promise<void> {
    if (state === "hangs") await new Promise(() => undefined);
    if (state !== "up") throw new Error(`${this.name} is ${state}`);
  }
}

type ServersOfRoles = Readonly<Partial<Record<ReaderRole, FakeServer>>>;

export class ReaderWorld {
  readonly time = new HandTime();
  readonly writer: FakeServer;
  readonly readers: DatabaseReaders;
  /** Requests that come now are gone before anything answers: not even their timers end. */
  requestsVanish = false;
  /** `reader.lagging history 31000` */
  readonly logged: string[] = [];
  readonly #servers: ReadonlySet<FakeServer>;

  constructor(servers: ServersOfRoles, writer = new FakeServer("writer")) {
    this.writer = writer;
    this.#servers = new Set(Object.values(servers));
    const note = (event: string, fields: object) =>
      void this.logged.push([event, ...Object.values(fields)].join(" "));
    const tables = Object.entries(servers).map(([role, server]) => [role, server.tables]);
    this.readers = databaseReaders({
      writer: this.writer.tables,
      readers: Object.fromEntries(tables),
      clock: this.time,
      timers: {
        start: (ms) =>
          this.requestsVanish
            ? { elapsed: new Promise(() => undefined), cancel: () => undefined }
            : this.time.start(ms),
      },
      log: { info: note, warn: note, error: note },
    });
  }

  /** A run that ends now. @param lasting ms */
  flush(job: "flush" | "flush-streams" = "flush", lasting = 0): FlushRun {
    const { runs } = this.writer;
    const times = { startedAt: this.time.now() - lasting, durationMs: lasting };
    const run = { id: `${runs.length}`, job, ...times };
    runs.push({ ...run, rows: 0, statements: 0, failures: 0, detail: "" });
    return run;
  }

  replicate(): void {
    for (const server of this.#servers) server.follow(this.writer);
  }

  /** @returns the name of the server that answered */
  async read(role: ReaderRole, consistency?: Consistency): Promise<string | undefined> {
    const work = (tables: ReadTables) => tables.registry.broadcaster("b");
    return (await this.readers.read(role, work, consistency))?.name;
  }
}
