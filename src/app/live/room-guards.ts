import type { RoomDeps } from "./room-deps.ts";

/** For events, which have nobody to throw to. */
export const guarded = (
  { name, log }: Pick<RoomDeps, "name" | "log">,
  event: string,
  work: () => void,
): void => {
  try {
    work();
  } catch (cause) {
    log.error(event, { room: name, cause: `${cause}` });
  }
};

/** Memory changes before the commit: if the commit fails, the instance must not live on. */
export const committed = (
  { name, store, abort }: Pick<RoomDeps, "name" | "store" | "abort">,
  work: () => void,
): void => {
  try {
    store.atomically(work);
  } catch (cause) {
    abort(`${name} could not commit: ${cause}`);
  }
};
