import type { Log } from "../../ports/log.ts";
import type { RoomStore } from "../../ports/room-store.ts";

interface Guarded {
  /** Of the object. */
  readonly name: string;
  readonly log: Log;
}

interface Committing {
  readonly name: string;
  readonly store: Pick<RoomStore, "atomically">;
  /** Ends this instance. */
  abort(reason: string): never;
}

/** For events, which have nobody to throw to. */
export const guarded = ({ name, log }: Guarded, event: string, work: () => void): void => {
  try {
    work();
  } catch (cause) {
    log.error(event, { room: name, cause: `${cause}` });
  }
};

/** Memory changes before the commit: if the commit fails, the instance must not live on. */
export const committed = ({ name, store, abort }: Committing, work: () => void): void => {
  try {
    store.atomically(work);
  } catch (cause) {
    abort(`${name} could not commit: ${cause}`);
  }
};
