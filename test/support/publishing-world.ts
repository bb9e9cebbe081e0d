import { content, makeEvent, visitor } from "./events.ts";
import { FakeReadModel } from "./fake-read-model.ts";
import { settled } from "./hand-time.ts";
import { TallyHarness, type TallyParts } from "./tally-harness.ts";

const MAX_RINGS = 100_000;

/** A Tally that publishes, a platform that rings its alarm, and time that passes when the test says so. */
export class PublishingWorld {
  readonly readModel: FakeReadModel;
  readonly harness: TallyHarness;
  /** When the alarm rang, ms. */
  readonly rings: number[] = [];
  /** When checkpoints were saved: position and time, ms. */
  readonly checkpoints: (readonly [position: number, at: number])[] = [];
  #views = 0;

  constructor(
    now: number,
    parts: TallyParts & { readonly readModel?: FakeReadModel | "none" } = {},
  ) {
    const { readModel = new FakeReadModel(), ...rest } = parts;
    this.readModel = readModel === "none" ? new FakeReadModel() : readModel;
    const toReaders = readModel === "none" ? undefined : readModel;
    this.harness = new TallyHarness(now, { ...rest, toReaders });
  }

  /** A counted view of each of these, in one chunk. */
  async view(...contents: readonly string[]): Promise<void> {
    const { harness } = this;
    harness.append(
      contents.map((id) => {
        this.#views += 1;
        const person = visitor(this.#views);
        return makeEvent({ serial: this.#views, at: harness.now, content: id, visitor: person });
      }),
    );
    harness.disk.flush();
    await settled();
  }

  /** Time passes, and the alarm rings whenever it is due. */
  async pass(ms: number): Promise<void> {
    const { harness } = this;
    const until = harness.now + ms;
    for (let rings = 0; rings < MAX_RINGS; rings += 1) {
      const at = harness.disk.alarm;
      if (at === undefined || at > until) {
        harness.now = until;
        return settled();
      }
      harness.now = Math.max(harness.now, at);
      await this.ring();
    }
    throw new Error(`the alarm rang ${MAX_RINGS} times`);
  }

  async ring(): Promise<void> {
    const { harness } = this;
    this.rings.push(harness.now);
    harness.disk.takeAlarm();
    const before = harness.tally.status().checkpoint;
    const { tally } = harness;
    await tally.alarm().catch((cause: unknown) => {
      // Of one that died in the middle of it nothing more is heard.
      if (tally === harness.tally) throw cause;
    });
    harness.disk.flush();
    const { checkpoint } = harness.tally.status();
    if (checkpoint > before) this.checkpoints.push([checkpoint, harness.now]);
    await settled();
    harness.disk.flush();
  }

  /** Contents of which the read model has not what the Tally tells. */
  missing(contents: readonly string[]): readonly string[] {
    const { counts } = this.harness.tally.counts(contents.map(content));
    return counts
      .filter(({ content: id, stamp, views }) => {
        const part = this.readModel.parts.get(`0 ${id}`);
        const isNew = stamp.endsWith("-00000000000");
        return !isNew && (part?.stamp !== stamp || part.views !== views);
      })
      .map(({ content: id }) => id);
  }
}
