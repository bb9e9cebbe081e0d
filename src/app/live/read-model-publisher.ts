import { READ_MODEL_RHYTHM } from "../../core/live/publish-cadence.ts";
import type { Log } from "../../ports/log.ts";
import type { PublishedStream, ReadModelWriter, StreamPublished } from "../../ports/read-model.ts";
import { type Published, Publisher, type PublishingDeps } from "./publisher.ts";
import { StampWatch } from "./stamp-watch.ts";
import type { VersionBlocks } from "./version-blocks.ts";

export interface ReadModelPublisherDeps extends PublishingDeps {
  /** `undefined`: the deployment has none, readers ask the objects. */
  readonly readModel: Pick<ReadModelWriter, "publishStream"> | undefined;
  readonly log: Log;
}

type Writing = ReadModelPublisherDeps & { readonly readModel: object };

/**
 * Tells the read model, if there is one. What is published is the whole of what is kept of the stream, so a read model
 * that has lost everything, and says another incarnation, needs nothing more: of a room with viewers it has all again
 * with the next publish, within `LIVE_PUBLISH_MAX_MS`. Of one without it has nothing then, and readers ask the room.
 */
export class ReadModelPublisher {
  readonly #publisher: Publisher<PublishedStream, StreamPublished>;
  readonly #stamps: StampWatch;

  constructor(deps: Writing, versions: Pick<VersionBlocks, "riseAbove">) {
    const { store, random, background, readModel, log } = deps;
    const audience = "readmodel";
    this.#stamps = new StampWatch({ audience, versions, log });
    this.#publisher = new Publisher({
      store,
      random,
      background,
      audience,
      rhythm: READ_MODEL_RHYTHM,
      remembers: true,
      send: async (numbers) => readModel.publishStream(numbers),
      failed({ stream }, cause, failures) {
        // An outage is told of once, however long it is and however often the room sleeps meanwhile.
        if (failures === 1) log.warn("room.read-model-failed", { stream, cause: `${cause}` });
      },
    });
  }

  /** @returns ms; `null` when the read model knows and need not hear it again */
  publishAt(numbers: Published, endedAt: number | null): number | null {
    return this.#publisher.publishAt(numbers, endedAt, false);
  }

  /** @param then runs when nothing is under way any more, with the object as it then is */
  publish(numbers: PublishedStream, then: () => void): void {
    this.#publisher.publish(numbers, (heard) => {
      if (heard !== undefined && !heard.late) this.#look(numbers, heard.answer);
      then();
    });
  }

  #look(numbers: PublishedStream, { had }: StreamPublished): void {
    if (this.#stamps.heard(numbers, had) === "refused") this.#publisher.forget();
  }
}

export const readModelPublisher = (
  { readModel, ...deps }: ReadModelPublisherDeps,
  versions: Pick<VersionBlocks, "riseAbove">,
): ReadModelPublisher | undefined =>
  readModel === undefined ? undefined : new ReadModelPublisher({ ...deps, readModel }, versions);
