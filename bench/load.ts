/** Two kinds of load: as much as the server takes, and a fixed rate whether it keeps up or not. */
import { type Answer, type Connection, openConnections } from "./http-client.ts";

export interface LoadResult {
  readonly answers: number;
  readonly seconds: number;
  /** Ascending; the fixed rate alone has them, from the time each request was meant to be sent. */
  readonly latenciesMs: readonly number[];
}

/** Throws when an answer is not the one measured. */
export type Verify = (answer: Answer) => void;

/** Sends every request, as fast as `connections` get their answers. */
export const saturate = async (
  port: number,
  requests: readonly Buffer[],
  connections: number,
  verify: Verify,
): Promise<LoadResult> => {
  const open = await openConnections(port, connections);
  const done = Promise.withResolvers<void>();
  let next = 0;
  let answers = 0;
  const sendNext = (connection: Connection) => {
    const request = requests[next];
    next += 1;
    if (request === undefined) return;
    connection.send(request, (answer) => {
      try {
        verify(answer);
      } catch (error) {
        // To whoever waits, who then ends the servers.
        return done.reject(error);
      }
      answers += 1;
      if (answers === requests.length) done.resolve();
      sendNext(connection);
    });
  };
  const startedAt = performance.now();
  for (const connection of open) sendNext(connection);
  try {
    await done.promise;
  } finally {
    for (const connection of open) connection.close();
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  return { answers, seconds, latenciesMs: [] };
};

/** Connections of the fixed rate: more than are ever busy while the server keeps up. */
const OPEN_LOOP_CONNECTIONS = 128;

/**
 * Sends every request at its own time, `perSecond` of them evenly spread. A request that finds no free connection
 * waits for one, and its latency goes by the time it was due, so that a stall is seen by all it delayed.
 */
export const sendAtRate = async (
  port: number,
  requests: readonly Buffer[],
  perSecond: number,
  verify: Verify,
): Promise<LoadResult> => {
  const open = await openConnections(port, OPEN_LOOP_CONNECTIONS);
  const free = [...open];
  const latenciesMs: number[] = [];
  const done = Promise.withResolvers<void>();
  const startedAt = performance.now() + 10;
  let next = 0;

  const sendDue = () => {
    const now = performance.now();
    for (;;) {
      const request = requests[next];
      const dueAt = startedAt + (next * 1_000) / perSecond;
      if (request === undefined || dueAt > now) return;
      const connection = free.pop();
      if (connection === undefined) return;
      next += 1;
      connection.send(request, (answer) => {
        verify(answer);
        latenciesMs.push(performance.now() - dueAt);
        free.push(connection);
        if (latenciesMs.length === requests.length) done.resolve();
      });
    }
  };
  /** Spins: a timer would be up to a millisecond late, which is what is measured here. */
  const tick = () => {
    sendDue();
    if (next < requests.length) setImmediate(tick);
  };
  tick();
  await done.promise;
  const seconds = (performance.now() - startedAt) / 1_000;
  for (const connection of open) connection.close();
  return { answers: latenciesMs.length, seconds, latenciesMs: latenciesMs.sort((a, b) => a - b) };
};
