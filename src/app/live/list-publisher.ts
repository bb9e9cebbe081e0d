import { LIST_RHYTHM } from "../../core/live/publish-cadence.ts";
import type { Log } from "../../ports/log.ts";
import type { Rankings } from "../../ports/rankings.ts";
import type { LiveEntry, PublishAnswer } from "../../protocol/room-rpc.ts";
import { type Heard, Publisher, type PublishingDeps } from "./publisher.ts";

export interface ListPublisherDeps extends PublishingDeps {
  readonly rankings: Pick<Rankings, "publish">;
  readonly log: Log;
}

export type ListPublisher = Publisher<LiveEntry, PublishAnswer>;
export type ListHeard = Heard<LiveEntry, PublishAnswer>;

/** Tells the list of live streams. */
export const listPublisher = (deps: ListPublisherDeps): ListPublisher => {
  const { store, random, background, rankings, log } = deps;
  return new Publisher({
    store,
    random,
    background,
    audience: "rankings",
    rhythm: LIST_RHYTHM,
    remembers: false,
    send: (entry) => rankings.publish(entry),
    failed: ({ stream }, cause) => log.warn("room.not-published", { stream, cause: `${cause}` }),
  });
};
