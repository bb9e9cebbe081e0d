import type { StreamId } from "../../core/ids.ts";
import { CRON_PARALLEL, RANKING_MAX_STREAMS } from "../../core/limits.ts";
import type { Log } from "../../ports/log.ts";
import type { Rankings } from "../../ports/rankings.ts";
import type { Rooms } from "../../ports/rooms.ts";
import type { ReconcileAnswer } from "../../protocol/room-rpc.ts";
import { inParallel } from "../in-parallel.ts";
import type { StreamRegistry } from "./stream-registry.ts";

export interface ReconcileDeps {
  readonly registry: Pick<StreamRegistry, "find">;
  readonly rooms: Pick<Rooms, "reconcile">;
  readonly rankings: Pick<Rankings, "live">;
  readonly log: Log;
}

export type StreamReconciled = { readonly stream: StreamId } & (
  | ReconcileAnswer
  /** Its room failed, or did not answer in time. */
  | { readonly failed: string }
);

export type ReconcileResult =
  | { readonly status: "asked"; readonly streams: readonly StreamReconciled[] }
  | { readonly status: "unknown-stream" }
  /** Whether there is such a stream cannot be known now. */
  | { readonly status: "registry-unavailable" }
  /** Which streams are live cannot be known now. */
  | { readonly status: "rankings-unavailable" };

/**
 * Has rooms count their viewers once more, now: that of one stream, or those of the live ones with the most viewers.
 * What seems wrong is looked at again ten seconds later, by the room alone.
 */
export const reconcile = async (
  deps: ReconcileDeps,
  stream: StreamId | undefined,
): Promise<ReconcileResult> =>
  stream === undefined ? reconcileLive(deps) : reconcileOne(deps, stream);

const reconcileOne = async (deps: ReconcileDeps, id: StreamId): Promise<ReconcileResult> => {
  const found = await deps.registry.find(id).then(
    (stream) => ({ stream }),
    () => undefined,
  );
  if (found === undefined) return { status: "registry-unavailable" };
  if (found.stream === undefined) return { status: "unknown-stream" };
  // One that was never started has no room, and is not given one.
  if (found.stream.status === "planned") {
    return { status: "asked", streams: [{ stream: id, outcome: "unopened" }] };
  }
  return { status: "asked", streams: [await ask(deps, id)] };
};

const reconcileLive = async (deps: ReconcileDeps): Promise<ReconcileResult> => {
  const ranking = await deps.rankings
    .live(RANKING_MAX_STREAMS)
    .catch((cause: unknown) => deps.log.error("reconcile.no-rankings", { cause: `${cause}` }));
  if (ranking === undefined) return { status: "rankings-unavailable" };
  const ids = ranking.streams.map(({ stream }) => stream);
  return { status: "asked", streams: await inParallel(ids, CRON_PARALLEL, (id) => ask(deps, id)) };
};

const ask = async ({ rooms, log }: ReconcileDeps, stream: StreamId): Promise<StreamReconciled> => {
  try {
    return { stream, ...(await rooms.reconcile(stream)) };
  } catch (cause) {
    log.error("reconcile.room-failed", { stream, cause: `${cause}` });
    return { stream, failed: `${cause}` };
  }
};
