import { acceptChunk } from "../../core/views/cursor.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Log } from "../../ports/log.ts";
import { type Chunk, decodeRows } from "../../protocol/chunk.ts";
import { joinFrames } from "../../protocol/frame.ts";
import type { AppendAnswer, TallyStatus } from "../../protocol/object-rpc.ts";
import type { TallyArchive } from "./archive.ts";
import { ChunkFold, type ChunkFoldDeps } from "./chunk-fold.ts";
import type { LedgerKeeper } from "./ledger-keeper.ts";
import { SourcePace } from "./source-pace.ts";
import type { SuspicionWatch } from "./suspicion-watch.ts";
import type { TallyAlarm } from "./tally-alarm.ts";

export interface IntakeDeps extends ChunkFoldDeps {
  /** Name of the object, `tally:<shard>`. */
  readonly name: string;
  readonly keeper: Pick<LedgerKeeper, "position" | "checkpoint" | "reached" | "commit">;
  readonly archive: Pick<TallyArchive, "appended">;
  readonly alarm: Pick<TallyAlarm, "arm">;
  readonly watch?: SuspicionWatch | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Where sources hand a Tally their rows: each row is taken once, in the source's order. A chunk is folded, logged with
 * its verdicts and acknowledged in one transaction; the ledger in memory runs ahead of what is saved of it.
 */
export class Intake {
  readonly #deps: IntakeDeps;
  readonly #fold: ChunkFold;
  readonly #pace = new SourcePace();

  /** The log behind the checkpoint is added to the ledger again. */
  constructor(deps: IntakeDeps) {
    this.#deps = deps;
    const { store, keeper } = deps;
    this.#fold = new ChunkFold(deps);
    for (const entry of store.entriesAbove(keeper.checkpoint)) {
      this.#fold.replay(entry);
      keeper.reached(entry.position);
    }
  }

  append(chunk: Chunk): AppendAnswer {
    const { store, keeper, clock } = this.#deps;
    const now = clock.now();
    const nextAfterMs = this.#pace.nextAfterMs(chunk.source, now);
    const acceptance = acceptChunk(store.mark(chunk.source), chunk);
    if (acceptance.status === "rewind") return { mark: acceptance.mark, nextAfterMs };
    if (acceptance.gap) this.#warn("tally.gap", { source: chunk.source, floor: chunk.floor });

    const mark = Math.max(acceptance.above, chunk.through);
    const fresh = [...decodeRows(chunk.rows)].filter(({ id }) => id > acceptance.above);
    this.#fold.moveHorizon(now);
    keeper.commit(() => {
      store.advance({ source: chunk.source, mark, horizon: this.#fold.horizon });
      if (fresh.length === 0) return;
      this.#foldAndLog(chunk.source, joinFrames(fresh.map(({ frames }) => frames)));
    });
    return { mark, nextAfterMs };
  }

  /** Nothing older than the horizon is judged any more. @returns it, ms */
  moveHorizon(): number {
    this.#fold.moveHorizon(this.#deps.clock.now());
    return this.#fold.horizon;
  }

  status(): Pick<TallyStatus, "sources" | "horizon" | "windowEntries" | "approximateMinutes"> {
    return { sources: this.#pace.sources, ...this.#fold.status() };
  }

  #foldAndLog(source: string, frames: Uint8Array): void {
    const { store, keeper, archive, alarm, watch } = this.#deps;
    const position = keeper.position + 1;
    const { verdicts, newestAt, unreadable } = this.#fold.run(frames, position);
    if (unreadable > 0) this.#warn("tally.unreadable", { source, frames: unreadable });
    store.appendEntry({ position, source, frames, verdicts }, newestAt);
    watch?.keep();
    keeper.reached(position);
    archive.appended(frames.length);
    alarm.arm();
  }

  #warn(event: string, fields: Record<string, string | number>): void {
    this.#deps.log.error(event, { tally: this.#deps.name, ...fields });
  }
}
