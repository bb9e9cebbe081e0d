import { loggedEvents } from "../../src/app/views/logged-events.ts";
import type { Tally } from "../../src/app/views/tally.ts";
import type { ContentId } from "../../src/core/ids.ts";
import { formatEventId } from "../../src/core/views/event-id.ts";
import type { Chunk } from "../../src/protocol/chunk.ts";
import { NaiveOracle, type NaiveView } from "../support/naive-oracle.ts";
import type { ObjectHost } from "./object-host.ts";
import { bytesOf, demand, type View } from "./view.ts";

const MINUTE_MS = 60_000;

export interface TallyContext {
  readonly contents: readonly ContentId[];
  /** Its numbers are corrected: more than the oracle counted, or no less than they were. */
  readonly isCorrected: boolean;
  view(id: string): View;
  rowsOf(source: string): ReadonlyMap<number, readonly string[]>;
}

/** A chunk that the Tally took, by the clock it had; certain once it is flushed. */
interface Taking {
  readonly position: number;
  readonly now: number;
  readonly chunk: Pick<Chunk, "source" | "follows" | "floor">;
  readonly mark: number;
}

/** What this Tally has of a source: every row from one on, up to a mark, and each event in so many copies. */
interface Taken {
  readonly from: number;
  readonly gaps: { readonly after: number; readonly before: number }[];
  mark: number;
  checked: number;
  readonly copies: Map<string, number>;
}

/** Judges one Tally by its log alone: the naive oracle sees the same arrivals and has to come to the same numbers. */
export class TallyWitness {
  readonly #host: ObjectHost<Tally>;
  readonly #context: TallyContext;
  #oracle = new NaiveOracle();
  #takings: Taking[] = [];
  #position = 0;
  /** Before its first flush a storage may yet be born again, with another generation. */
  #isBorn = false;
  #horizon = Number.NEGATIVE_INFINITY;
  #lastStamps = new Map<ContentId, string>();
  readonly #lastViews = new Map<ContentId, number>();
  #sources = new Map<string, Taken>();
  /** Every event that is or was in the log, also of a storage lost since. */
  readonly everTaken = new Set<string>();
  /** Verdict of the first copy and how many copies count, in the log as it stands. */
  readonly verdicts = new Map<string, { first: string; counted: number }>();

  constructor(host: ObjectHost<Tally>, context: TallyContext) {
    this.#host = host;
    this.#context = context;
  }

  appended(chunk: Chunk, mark: number, tally: Tally, now: number): void {
    if (mark < chunk.follows) return;
    this.#takings.push({ position: tally.status().position, now, chunk, mark });
  }

  crashed(): void {
    this.#takings = [];
  }

  storageLost(): void {
    this.#oracle = new NaiveOracle();
    this.#isBorn = false;
    this.#position = 0;
    this.#horizon = Number.NEGATIVE_INFINITY;
    this.#lastStamps = new Map();
    this.#sources = new Map();
    this.verdicts.clear();
  }

  flushed(tally: Tally): void {
    this.#isBorn = true;
    for (const taking of this.#takings.splice(0)) this.#take(taking);
    for (const { source, mark } of this.#host.disk.read("SELECT source, mark FROM marks")) {
      this.#checkMark(String(source), Number(mark));
    }
    this.checkCounts(tally);
  }

  #take({ position, now, chunk, mark }: Taking): void {
    this.#horizon = Math.max(this.#horizon, now - 20 * MINUTE_MS);
    this.#move(chunk, mark);
    const query = "SELECT * FROM log WHERE position > ? AND position <= ? ORDER BY position";
    for (const row of this.#host.disk.read(query, this.#position, position)) {
      const entry = {
        position: Number(row.position),
        source: String(row.source),
        frames: bytesOf(row.frames),
        verdicts: bytesOf(row.verdicts),
      };
      for (const { verdict, frame } of loggedEvents([entry])) {
        const id = frame === undefined ? "" : formatEventId(frame.event.id);
        this.#arrived(entry.source, this.#context.view(id), verdict);
      }
    }
    this.#position = position;
  }

  /**
   * After a storage was lost a chunk of long ago may be the first that comes. What the source cut off between it and
   * the next one was handed to the storage that is gone: a gap, which the product may report in no other world.
   */
  #move({ source, follows, floor }: Taking["chunk"], mark: number): void {
    const before = floor - 1;
    const fresh: Taken = {
      from: floor,
      gaps: [],
      mark: before,
      checked: before,
      copies: new Map(),
    };
    const taken = this.#sources.get(source) ?? fresh;
    this.#sources.set(source, taken);
    const isGap = taken.mark < Math.min(follows, floor - 1);
    if (isGap) taken.gaps.push({ after: taken.mark, before: floor });
    taken.mark = mark;
  }

  #arrived(source: string, view: View, verdict: string): void {
    const isLate = view.countable && view.event.at - MINUTE_MS < this.#horizon;
    demand(isLate === (verdict === "late"), () => {
      return `${this.#host.name}: event ${view.id} is ${verdict} and the horizon ${this.#horizon}`;
    });
    const counts = this.#oracle.counts(naively(view), this.#horizon);
    demand(counts === (verdict === "counted"), () => {
      return `${this.#host.name}: event ${view.id} is ${verdict}, and the oracle says ${counts ? "" : "not "}counted`;
    });
    const copies = this.#sources.get(source)?.copies;
    copies?.set(view.id, (copies.get(view.id) ?? 0) + 1);
    this.everTaken.add(view.id);
    const known = this.verdicts.get(view.id) ?? { first: verdict, counted: 0 };
    known.counted += verdict === "counted" ? 1 : 0;
    this.verdicts.set(view.id, known);
  }

  /** Up to its mark a Tally has each row of the source once, from the first one that was still to be had. */
  #checkMark(source: string, mark: number): void {
    const taken = this.#sources.get(source);
    if (taken === undefined || taken.checked === mark) return;
    demand(mark > taken.checked, () => `${this.#host.name}: the mark of ${source} fell to ${mark}`);
    taken.checked = mark;
    const due = new Map<string, number>();
    for (const [row, ids] of this.#context.rowsOf(source)) {
      const isGone = taken.gaps.some(({ after, before }) => row > after && row < before);
      if (row < taken.from || row > mark || isGone) continue;
      for (const id of ids) {
        const ours = `tally:${this.#context.view(id).event.shard}` === this.#host.name;
        if (ours) due.set(id, (due.get(id) ?? 0) + 1);
      }
    }
    for (const [id, times] of due) {
      const copies = taken.copies.get(id) ?? 0;
      demand(copies === times, () => {
        return `${this.#host.name} has event ${id} ${copies} times from ${source}, not ${times} times`;
      });
    }
  }

  /** What readers are told is what the oracle counted, and never falls; nor do its stamps. */
  checkCounts(tally: Tally): void {
    if (!this.#isBorn) return;
    for (const { content, views, stamp } of tally.counts(this.#context.contents).counts) {
      const { isCorrected } = this.#context;
      const expected = this.#oracle.countOf(content);
      const lastViews = this.#lastViews.get(content) ?? 0;
      demand(isCorrected ? views >= lastViews : views === expected, () => {
        return `${this.#host.name} publishes ${views} views of ${content}, the oracle ${expected}, before ${lastViews}`;
      });
      const last = this.#lastStamps.get(content) ?? "";
      demand(stamp >= last, () => `${this.#host.name}: the stamp of ${content} fell to ${stamp}`);
      this.#lastStamps.set(content, stamp);
      if (isCorrected) this.#lastViews.set(content, views);
    }
  }

  checkAlarm(): void {
    const [last] = this.#host.disk.read("SELECT MAX(position) AS it FROM log");
    const [saved] = this.#host.disk.read("SELECT value AS it FROM meta WHERE name = 'checkpoint'");
    const pending = Number(last?.it ?? 0) > Number(saved?.it ?? 0);
    demand(!pending || this.#host.isArmed, () => `${this.#host.name} is unsaved without an alarm`);
  }

  checkAtRest(tally: Tally): void {
    const { position, checkpoint } = tally.status();
    demand(position === checkpoint, () => `${this.#host.name} is unsaved at rest`);
    demand(!this.#host.isArmed, () => `${this.#host.name} has an alarm and nothing to do`);
    this.checkCounts(tally);
  }
}

/** By the person: that days know one by different keys must not matter. */
export const naively = ({ event, person, countable }: View): NaiveView => ({
  at: event.at,
  content: event.content,
  keys: [person],
  countable,
});
