import { inRange } from "../../src/core/views/finalise.ts";
import { hourOf } from "../../src/core/views/ledger.ts";
import type { ViewEvent } from "../../src/core/views/view-event.ts";
import type { FinaliseRequest } from "../../src/protocol/correction-rpc.ts";
import { naively } from "./histories.ts";
import { NaiveOracle } from "./naive-oracle.ts";

interface Logged {
  readonly event: ViewEvent;
  readonly position: number;
  readonly horizon: number;
  readonly counts: boolean;
}

interface HourState {
  readonly run: number;
  readonly through: number;
  /** Cells that chunks of the run gave another value. */
  readonly changed: number;
}

interface ModelState {
  readonly log: readonly Logged[];
  readonly hours: ReadonlyMap<number, HourState>;
  /** By hour and content, what the last run with a say in it found, and how far it had read. */
  readonly settled: ReadonlyMap<string, { readonly found: number; readonly through: number }>;
  readonly published: ReadonlyMap<string, number>;
  readonly horizon: number;
}

const EMPTY: ModelState = {
  log: [],
  hours: new Map(),
  settled: new Map(),
  published: new Map(),
  horizon: 0,
};
const UNSEALED: HourState = { run: 0, through: 0, changed: 0 };
const HORIZON_MS = 20 * 60_000;

/**
 * A Tally as one would say it: all events that ever came, in a list, and what runs have found; every number is summed
 * anew whenever somebody asks. Of what was not saved it forgets everything in a crash.
 */
export class TallyModel {
  readonly #contents: readonly string[];
  #state = EMPTY;
  #saved = EMPTY;
  #oracle = new NaiveOracle();

  /** @param contents all there are */
  constructor(contents: readonly string[]) {
    this.#contents = contents;
  }

  get hours(): readonly number[] {
    const hours = this.#state.log.map(({ event }) => hourOf(event.at));
    return [...new Set(hours)].sort((a, b) => a - b);
  }

  /** @param position the Tally says it has after it */
  append(events: readonly ViewEvent[], now: number, position: number): void {
    const horizon = Math.max(this.#state.horizon, now - HORIZON_MS);
    const more = events.map((event) => {
      const counts = this.#oracle.counts(naively(event), horizon);
      return { event, position, horizon, counts };
    });
    this.#change({ log: [...this.#state.log, ...more], horizon });
  }

  runOf(hour: number): number {
    return this.#hour(hour).run;
  }

  /** The run has sealed the hour, if none after it has. */
  seal(hour: number, run: number): void {
    const state = this.#hour(hour);
    if (run > state.run) this.#setHour(hour, { ...state, run, changed: 0 });
  }

  finalise({ hour, range, through, cells }: FinaliseRequest): void {
    const found = new Map<string, number>(cells);
    const before = this.cells(hour);
    const settled = new Map(this.#state.settled);
    for (const content of this.#contents.filter((it) => inRange(range, it))) {
      settled.set(`${hour}/${content}`, { found: found.get(content) ?? 0, through });
    }
    this.#change({ settled });
    const moved = Object.entries(this.cells(hour)).filter(([id, it]) => it !== before[id]).length;
    const state = this.#hour(hour);
    const changed = state.changed + moved;
    const isLast = range.to === undefined;
    this.#setHour(hour, { ...state, changed, ...(isLast && { through }) });
  }

  leave(hour: number, through: number): void {
    this.#setHour(hour, { ...this.#hour(hour), through });
  }

  changed(hour: number): number {
    return this.#hour(hour).changed;
  }

  cells(hour: number): Readonly<Record<string, number>> {
    return Object.fromEntries(
      this.#contents.map((content) => [content, this.#cell(hour, content)]),
    );
  }

  /** Whether a run has settled the cell and nothing came of it since. */
  isFinal(hour: number, content: string): boolean {
    const settled = this.#state.settled.get(`${hour}/${content}`);
    return settled !== undefined && this.#above(hour, settled.through, content).length === 0;
  }

  /** Whether something of the hour came behind position `through`; the hour's own without one. */
  isDirty(hour: number, through = this.#hour(hour).through): boolean {
    return this.#above(hour, through).length > 0;
  }

  /** Events of the hour up to a position. */
  logged(hour: number, through: number): number {
    return this.#above(hour, 0).filter(({ position }) => position <= through).length;
  }

  published(content: string): number {
    return this.#state.published.get(content) ?? 0;
  }

  save(): void {
    this.#saved = this.#state;
  }

  crash(): void {
    this.#state = this.#saved;
    this.#oracle = new NaiveOracle();
    for (const { event, horizon } of this.#state.log) this.#oracle.counts(naively(event), horizon);
  }

  #hour(hour: number): HourState {
    return this.#state.hours.get(hour) ?? UNSEALED;
  }

  #setHour(hour: number, state: HourState): void {
    this.#change({ hours: new Map(this.#state.hours).set(hour, state) });
  }

  #above(hour: number, through: number, content?: string): readonly Logged[] {
    return this.#state.log.filter(
      ({ event, position }) =>
        hourOf(event.at) === hour &&
        position > through &&
        (content === undefined || event.content === content),
    );
  }

  #cell(hour: number, content: string): number {
    const { found, through } = this.#state.settled.get(`${hour}/${content}`) ?? NOTHING;
    return found + this.#above(hour, through, content).filter(({ counts }) => counts).length;
  }

  /** What is published never falls. */
  #change(part: Partial<ModelState>): void {
    this.#state = { ...this.#state, ...part };
    const hours = new Set([...this.hours, ...this.#state.hours.keys()]);
    const published = this.#contents.map((content) => {
      const truth = [...hours].reduce((sum, hour) => sum + this.#cell(hour, content), 0);
      return [content, Math.max(truth, this.published(content))] as const;
    });
    this.#state = { ...this.#state, published: new Map(published) };
  }
}

const NOTHING = { found: 0, through: 0 };
