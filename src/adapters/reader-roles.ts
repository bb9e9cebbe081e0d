import { READER_ROLES, type ReaderRole } from "../core/reader-roles.ts";
import type { DatabaseReaders, ReadTables } from "../ports/database-readers.ts";
import { KnownRuns } from "./known-runs.ts";
import { ReaderServer, type ReaderServerDeps } from "./reader-server.ts";

export interface ReaderRolesDeps extends ReaderServerDeps {
  readonly writer: ReadTables;
  /** Of the roles that have a server of their own; roles with the same tables share one. */
  readonly readers: Readonly<Partial<Record<ReaderRole, ReadTables>>>;
}

type Work<T> = (tables: ReadTables) => Promise<T>;

/**
 * Reads go to the role's own server; where that fails or lags, to another reader, then to the writer; and when that
 * fails too, to readers that were passed over, those that only lag first. All of it in one isolate, which remembers a
 * few runs of each server; without readers there is nothing to check.
 */
export const databaseReaders = (deps: ReaderRolesDeps): DatabaseReaders => {
  const { writer } = deps;
  const servers = makeServers(deps);
  const all = [...new Set(servers.values())];
  return {
    read: async (role, work, consistency) => {
      if (all.length === 0 || consistency === "strong") return work(writer);
      const own = servers.get(role);
      const order = own === undefined ? all : [own, ...all.filter((server) => server !== own)];
      return readInOrder(order, writer, work);
    },
  };
};

/** @throws what the writer threw, when no server answers */
const readInOrder = async <T>(
  order: readonly ReaderServer[],
  writer: ReadTables,
  work: Work<T>,
): Promise<T> => {
  const passedOver = { lagging: [] as ReaderServer[], silent: [] as ReaderServer[] };
  for (const server of order) {
    const fitness = await server.fitness();
    if (fitness !== "well") passedOver[fitness].push(server);
    else {
      const done = await attempt(server, work);
      if (done !== undefined) return done.answer;
    }
  }
  try {
    return await work(writer);
  } catch (cause) {
    for (const server of [...passedOver.lagging, ...passedOver.silent]) {
      const done = await attempt(server, work);
      if (done !== undefined) return done.answer;
    }
    throw cause;
  }
};

/** @returns undefined when it failed: the log of the server, and its breaker, have heard of it */
const attempt = async <T>(
  server: ReaderServer,
  work: Work<T>,
): Promise<{ readonly answer: T } | undefined> => {
  try {
    return { answer: await server.do(work) };
  } catch {
    return undefined;
  }
};

/** In the order of the roles; a server of several is named by its first. */
const makeServers = (deps: ReaderRolesDeps): ReadonlyMap<ReaderRole, ReaderServer> => {
  const { writer, readers } = deps;
  const writerRuns = new KnownRuns(writer, deps);
  const byTables = new Map<ReadTables, ReaderServer>();
  const servers = new Map<ReaderRole, ReaderServer>();
  for (const role of READER_ROLES) {
    const tables = readers[role];
    if (tables === undefined || tables === writer) continue;
    const server = byTables.get(tables) ?? new ReaderServer(role, tables, writerRuns, deps);
    byTables.set(tables, server);
    servers.set(role, server);
  }
  return servers;
};
