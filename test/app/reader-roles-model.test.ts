/** Where reads go against a model that writes the rule down as it is told. */
import {
  array,
  assert,
  asyncProperty,
  constant,
  constantFrom,
  integer,
  oneof,
  record,
} from "fast-check";
import { expect, test } from "vitest";
import { READER_CHECK_MS, READER_LAG_MS, READER_RUNS } from "../../src/core/limits.ts";
import { READER_ROLES, type ReaderRole } from "../../src/core/reader-roles.ts";
import { FakeServer, ReaderWorld } from "../support/reader-world.ts";

const NAMES = ["writer", "one", "two", "three"] as const;
const READERS = ["one", "two", "three"] as const;

const event = oneof(
  { weight: 4, arbitrary: record({ kind: constant("read"), role: constantFrom(...READER_ROLES) }) },
  {
    weight: 3,
    arbitrary: record({ kind: constant("pass"), seconds: integer({ min: 1, max: 60 }) }),
  },
  {
    weight: 2,
    arbitrary: record({
      kind: constant("flush"),
      job: constantFrom("flush", "flush-streams"),
      lasting: constantFrom(0, 5_000, 45_000),
    }),
  },
  { weight: 3, arbitrary: record({ kind: constant("follow"), name: constantFrom(...READERS) }) },
  {
    weight: 2,
    arbitrary: record({
      kind: constant("become"),
      name: constantFrom(...NAMES),
      state: constantFrom("up", "up", "down", "tells its runs alone"),
    }),
  },
);

/** Which server each role has; one may have several, and a role none. */
const layout = record(
  {
    ranking: constantFrom(...READERS),
    history: constantFrom(...READERS),
    analytics: constantFrom(...READERS),
  },
  { requiredKeys: [] },
);

/** What was found when a server was asked for its runs. */
interface Found {
  readonly at: number;
  /** Ids of all it has; `undefined`: it did not answer. */
  readonly runs: ReadonlySet<string> | undefined;
}

class Model {
  readonly #world: ReaderWorld;
  readonly #layout: Readonly<Partial<Record<ReaderRole, FakeServer>>>;
  readonly #found = new Map<FakeServer, Found>();
  /** Of each job, what the writer told last. */
  #writers: readonly FakeServer["runs"][] = [];

  constructor(world: ReaderWorld, servers: Readonly<Partial<Record<ReaderRole, FakeServer>>>) {
    this.#world = world;
    this.#layout = servers;
  }

  /** @returns who has to answer; `undefined`: nobody can */
  expected(role: ReaderRole): string | undefined {
    const { writer } = this.#world;
    const all = READER_ROLES.flatMap((name) => this.#layout[name] ?? []);
    const own = this.#layout[role];
    const order = new Set(own === undefined ? all : [own, ...all]);
    const lagging: FakeServer[] = [];
    const silent: FakeServer[] = [];
    for (const server of order) {
      this.#check(server);
      if (this.#found.get(server)?.runs === undefined) silent.push(server);
      else if (this.#lacksSomething(server)) lagging.push(server);
      else if (server.state === "up") return server.name;
    }
    const rest = [writer, ...lagging, ...silent];
    return rest.find(({ state }) => state === "up")?.name;
  }

  #check(server: FakeServer): void {
    const { writer, time } = this.#world;
    for (const each of [writer, server]) {
      const found = this.#found.get(each);
      if (found !== undefined && time.now() - found.at < READER_CHECK_MS) continue;
      const runs = each.state === "down" ? undefined : new Set(each.runs.map(({ id }) => id));
      this.#found.set(each, { at: time.now(), runs });
      if (each === writer && runs !== undefined) {
        const youngest = writer.runs.toSorted((a, b) => b.startedAt - a.startedAt);
        this.#writers = ["flush", "flush-streams"].map((job) =>
          youngest.filter((run) => run.job === job).slice(0, READER_RUNS),
        );
      }
    }
  }

  #lacksSomething(server: FakeServer): boolean {
    const found = this.#found.get(server);
    return this.#writers.some((runs) =>
      runs.some(({ id, startedAt, durationMs }, index) => {
        const ended = startedAt + durationMs;
        const isDue = (found?.at ?? 0) - ended > READER_LAG_MS || index === READER_RUNS - 1;
        return isDue && !found?.runs?.has(id);
      }),
    );
  }
}

test("whatever fails, lags and comes back: each read is answered by the server the rule names", async () => {
  const answered = new Map<string, number>();
  const property = asyncProperty(
    layout,
    array(event, { minLength: 20, maxLength: 60 }),
    async (roles, events) => {
      const servers = new Map(READERS.map((name) => [name, new FakeServer(name)]));
      const byRole: Partial<Record<ReaderRole, FakeServer>> = {};
      for (const role of READER_ROLES) {
        const server = roles[role] && servers.get(roles[role]);
        if (server) byRole[role] = server;
      }
      const world = new ReaderWorld(byRole);
      const model = new Model(world, byRole);
      const named = (name: string) => servers.get(name as "one") ?? world.writer;
      for (const event of events) {
        if (event.kind === "pass") await world.time.pass(event.seconds * 1_000);
        else if (event.kind === "flush") {
          // One after the other: of flushes that overlap, the youngest by their starts need not be those by their ends.
          await world.time.pass(event.lasting + 1);
          world.flush(event.job, event.lasting);
        } else if (event.kind === "follow") named(event.name).follow(world.writer);
        else if (event.kind === "become") named(event.name).state = event.state;
        else {
          const expected = model.expected(event.role);
          const told = await world.read(event.role).catch((cause: Error) => cause.message);
          expect(told).toBe(expected ?? `writer is ${world.writer.state}`);
          answered.set(told ?? "", (answered.get(told ?? "") ?? 0) + 1);
        }
      }
    },
  );
  await assert(property, { numRuns: 800 });
  // Each of them happened.
  expect(Math.min(...NAMES.map((name) => answered.get(name) ?? 0))).toBeGreaterThan(50);
}, 60_000);
