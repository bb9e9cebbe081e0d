import { finalisedCells } from "../../core/views/finalise.ts";
import type { Ledger } from "../../core/views/ledger.ts";
import type { Clock } from "../../ports/clock.ts";
import type { TallyStore } from "../../ports/tally-store.ts";
import type {
  CorrectableHour,
  FinaliseAnswer,
  FinaliseRequest,
  SealAnswer,
} from "../../protocol/correction-rpc.ts";
import type { TallyArchive } from "./archive.ts";
import type { Hours } from "./hours.ts";
import type { LedgerKeeper } from "./ledger-keeper.ts";
import { LogAbove } from "./log-above.ts";

export interface TallyCorrectionDeps {
  readonly store: TallyStore;
  readonly ledger: Ledger;
  readonly hours: Hours;
  readonly archive: TallyArchive;
  readonly clock: Clock;
  readonly keeper: Pick<LedgerKeeper, "position" | "change">;
}

interface RunEnd {
  readonly changed: number;
  /** Nothing more comes of the run. */
  readonly isLast: boolean;
  /** It gave the hour its cells. */
  readonly isSettled: boolean;
}

/**
 * What a Tally offers its Corrector. A run seals an hour, folds what lies in the archive, and settles the hour's cells a
 * range of contents at a time; what came above the position it read stays counted, and leaves its cells and the hour to
 * the next run. Each step may be sent again, and a run is refused when a later one has sealed the hour.
 */
export class TallyCorrection {
  readonly #deps: TallyCorrectionDeps;
  #above: LogAbove | undefined;

  constructor(deps: TallyCorrectionDeps) {
    this.#deps = deps;
  }

  hours(): readonly CorrectableHour[] {
    const { store } = this.#deps;
    return store.hours.hoursSince(store.closing());
  }

  /** @throws when the archive fails; the run has then taken over, and may be sealed again */
  async seal(hour: number, run: number): Promise<SealAnswer> {
    const { store, archive, clock, keeper } = this.#deps;
    const refused = this.#refuse(hour, run);
    if (refused !== undefined) return refused;
    const views = this.#begin(hour, run);
    if (this.#deps.hours.of(hour).incomplete) {
      return { status: "incomplete", through: keeper.position, views };
    }
    await archive.through(keeper.position);
    const overtaken = this.#refuse(hour, run);
    if (overtaken !== undefined) return overtaken;
    const through = store.archive.archived();
    store.atomically(() => store.archive.hold({ through, since: clock.now() }));
    return { status: "sealed", through, objects: store.archive.objectsOf(hour), views };
  }

  /** Sets the hour's cells of a range of contents to what the run found. */
  finalise(request: FinaliseRequest): FinaliseAnswer {
    const { store, hours, keeper } = this.#deps;
    const { hour, run, through, range } = request;
    if (hour < store.closing()) return { status: "closed", through: store.closing() };
    const state = hours.of(hour);
    if (run < state.run) return { status: "superseded", run: state.run };
    if (through > keeper.position) return { status: "ahead", position: keeper.position };
    const trimmed = store.archive.trimmed();
    // A run that nobody sealed here read a log that went with the storage.
    if (run > state.run || trimmed > through) return { status: "stale", trimmed };
    return keeper.change((version) => {
      const changed = state.changed + this.#settle(request, version);
      const isLast = range.to === undefined;
      this.#end(hour, through, { changed, isLast, isSettled: isLast });
      const { dirtiedAt } = hours.of(hour);
      return { status: "done", changed, dirty: dirtiedAt > through };
    });
  }

  /** Ends a run that cannot finalise; it has no say any more when a later one has sealed the hour. */
  leave(hour: number, run: number, through: number): void {
    const { store, hours, keeper } = this.#deps;
    const { run: last, changed } = hours.of(hour);
    if (hour < store.closing() || run !== last || store.archive.trimmed() > through) return;
    keeper.change(() => this.#end(hour, through, { changed, isLast: true, isSettled: false }));
  }

  #refuse(hour: number, run: number): SealAnswer | undefined {
    const { store, hours } = this.#deps;
    if (hour < store.closing()) return { status: "closed", through: store.closing() };
    const state = hours.of(hour);
    return run < state.run ? { status: "superseded", run: state.run } : undefined;
  }

  /** From here on older runs are refused, and every event of the hour makes its cell provisional. @returns views of the hour */
  #begin(hour: number, run: number): number {
    const { store, hours, keeper } = this.#deps;
    return keeper.change(() => {
      const state = hours.of(hour);
      if (run > state.run) hours.save(hour, { ...state, run, changed: 0 });
      return store.hours.viewsOf(hour);
    });
  }

  /** @returns how many cells it gave another value */
  #settle({ hour, through, range, cells }: FinaliseRequest, version: number): number {
    const { store, ledger } = this.#deps;
    const { counted } = this.#look(hour, through);
    const found = new Map(cells);
    let moved = 0;
    for (const [content, cell] of finalisedCells(
      range,
      found,
      store.cellsOf(hour, range),
      counted,
    )) {
      if (cell.moved) ledger.set({ content, hour }, cell.counted, version, cell.final);
      else ledger.mark({ content, hour }, cell.final, version);
      moved += Number(cell.moved);
    }
    return moved;
  }

  #end(hour: number, through: number, { changed, isLast, isSettled }: RunEnd): void {
    const { store, hours } = this.#deps;
    const state = hours.of(hour);
    const dirtiedAt = Math.max(state.dirtiedAt, this.#look(hour, through).lastPosition);
    const settled = isSettled ? through : state.settled;
    hours.save(hour, { ...state, settled, dirtiedAt, changed, ...(isLast && { through }) });
    if (isLast) store.archive.hold(undefined);
  }

  #look(hour: number, through: number): LogAbove {
    const known = this.#above;
    const isIt = known?.hour === hour && known.through === through;
    const above = isIt ? known : new LogAbove(hour, through);
    above.readOn(this.#deps.store);
    this.#above = above;
    return above;
  }
}
