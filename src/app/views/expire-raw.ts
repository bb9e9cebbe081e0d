import { EXPIRE_BATCH_OBJECTS, EXPIRE_MAX_BATCHES } from "../../core/limits.ts";
import type { Log } from "../../ports/log.ts";
import type { RawLog } from "../../ports/raw-log.ts";
import type { TallyStore } from "../../ports/tally-store.ts";

export interface ExpireRawDeps {
  readonly name: string;
  readonly store: TallyStore;
  readonly rawLog: Pick<RawLog, "delete">;
  readonly log: Log;
}

export interface Expired {
  /** Objects of the raw log that were deleted. */
  readonly deleted: number;
  /** More may go, and is left for the next night: there was too much of it, or the raw log did not take it. */
  readonly left: boolean;
}

/**
 * Deletes from the raw log what raw retention does not keep: objects of closed hours, then index objects of ranges that
 * were archived before these ended and of which nothing is left: what they say of hours is of closed ones. A name is
 * forgotten after it was deleted, so whoever dies in between deletes it once more.
 */
export const expireRaw = async (deps: ExpireRawDeps): Promise<Expired> => {
  const { name, log } = deps;
  let deleted = 0;
  try {
    for (let batch = 0; batch < EXPIRE_MAX_BATCHES; batch += 1) {
      const some = await expireSome(deps);
      if (some === 0) return { deleted, left: false };
      deleted += some;
    }
  } catch (cause) {
    log.error("tally.raw-not-deleted", { tally: name, cause: `${cause}` });
  }
  return { deleted, left: true };
};

/** @returns how many objects it deleted; 0: there are none to delete */
const expireSome = async ({ store, rawLog }: ExpireRawDeps): Promise<number> => {
  const { expiry } = store;
  const objects = expiry.objects(store.closed(), EXPIRE_BATCH_OBJECTS);
  if (objects.length > 0) {
    await rawLog.delete(objects);
    store.atomically(() => expiry.forgetObjects(objects));
    return objects.length;
  }
  const ranges = expiry.ranges(store.closed(), EXPIRE_BATCH_OBJECTS / 2);
  if (ranges.length === 0) return 0;
  const names = ranges.flatMap(({ index, unreadable }) =>
    unreadable === undefined ? [index] : [unreadable, index],
  );
  await rawLog.delete(names);
  store.atomically(() => expiry.forgetRanges(ranges));
  return names.length;
};
