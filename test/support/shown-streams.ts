import { PUBLISH_TIMEOUT_MS } from "../../src/core/limits.ts";
import { type Stamp, stamp } from "../../src/core/stamp.ts";
import type {
  PublishedStream,
  ReadModelWriter,
  StreamPublished,
} from "../../src/ports/read-model.ts";
import { ReadModelError } from "../../src/ports/read-model.ts";
import { settled } from "./hand-time.ts";
import { RoomHarness } from "./room-harness.ts";

/** `lost`: it does what it is asked, and the answer is dropped. `hung`: it does that, and answers nothing for long. */
export type Mood = "fine" | "failing" | "lost" | "hung" | "silent";

interface Hung {
  readonly at: number;
  readonly fail: (cause: Error) => void;
}

/** The read model's streams, as far as a room can tell. */
export class ShownStreams implements Pick<ReadModelWriter, "publishStream"> {
  row: PublishedStream | undefined;
  mood: Mood = "fine";
  /** Every call, with its time. */
  readonly calls: (PublishedStream & { readonly at: number })[] = [];
  #incarnation = 1;
  #hung: Hung[] = [];
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  async publishStream(numbers: PublishedStream): Promise<StreamPublished> {
    this.calls.push({ ...numbers, at: this.#now() });
    if (this.mood === "failing") throw new ReadModelError("it says no");
    const had = this.row?.stamp;
    if (had === undefined || had < numbers.stamp) this.row = numbers;
    if (this.mood === "lost") throw new ReadModelError("the answer was lost");
    // Never: not even that time is up.
    if (this.mood === "silent") return new Promise(() => undefined);
    if (this.mood === "hung") await this.#time();
    return { incarnation: `${this.#incarnation}`, had };
  }

  /** FLUSHALL. */
  lose(): void {
    this.#incarnation += 1;
    this.row = undefined;
  }

  /** Somebody else writes. */
  overwrite(viewers: number, above: number): Stamp {
    const foreign = stamp(this.#now() + above, 7);
    if (this.row !== undefined) this.row = { ...this.row, viewers, stamp: foreign };
    return foreign;
  }

  /** Whom nothing was answered in time is told so. */
  timeOut(): void {
    const late = ({ at }: Hung) => this.#now() - at >= PUBLISH_TIMEOUT_MS;
    for (const { fail } of this.#hung.filter(late)) fail(new ReadModelError("time is up"));
    this.#hung = this.#hung.filter((hung) => !late(hung));
  }

  /** Calls since a moment. @param at ms */
  since(at: number) {
    return this.calls.filter((call) => call.at >= at);
  }

  #time(): Promise<never> {
    const { promise, reject } = Promise.withResolvers<never>();
    this.#hung.push({ at: this.#now(), fail: reject });
    return promise;
  }
}

/** A room whose deployment has a read model. */
export const roomWithReadModel = () => {
  const shown: ShownStreams = new ShownStreams(() => room.now);
  const room: RoomHarness = new RoomHarness({ readModel: shown });
  room.open();
  return { room, shown };
};

/** At most so long from one look at what was answered to the next. */
const STEP_MS = 1_000;

/** Time passes from alarm to alarm, and what is answered is heard before the next. */
export const live = async (room: RoomHarness, shown: ShownStreams, ms: number): Promise<void> => {
  const until = room.now + ms;
  do {
    const { alarm = until } = room.disk;
    const at = Math.min(until, room.now + STEP_MS, Math.max(alarm, room.now));
    room.pass(at - room.now);
    shown.timeOut();
    await settled();
  } while (room.now < until || (room.disk.alarm ?? until + 1) <= until);
};
