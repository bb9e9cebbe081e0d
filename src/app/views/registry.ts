import type { ContentId } from "../../core/ids.ts";
import {
  MEMO_MAX_ENTRIES,
  READ_TIMEOUT_MS,
  REGISTERED_MEMO_MS,
  UNREGISTERED_MEMO_MS,
} from "../../core/limits.ts";
import type { Clock } from "../../ports/clock.ts";
import type { ContentTables } from "../../ports/database.ts";
import type { Log } from "../../ports/log.ts";
import { isResting } from "../../ports/resting.ts";
import { demandWithin, type Timers } from "../../ports/timers.ts";
import { BoundedMap } from "../bounded-map.ts";
import { type CountedDeps, wasCounted } from "./was-counted.ts";

/** Which contents may be counted. */
export interface Admission {
  /** @throws when it cannot be known now */
  admits(content: ContentId): Promise<boolean>;
}

/** `CONTENTS=open`: a content is whatever is viewed. */
export const openAdmission: Admission = { admits: () => Promise.resolve(true) };

export interface RegisteredDeps extends CountedDeps {
  readonly contents: Pick<ContentTables, "content">;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
}

interface Known {
  readonly registered: boolean;
  readonly until: number;
}

/**
 * `CONTENTS=registered`: what the database knows, remembered in the isolate, known and unknown alike. While it does not
 * answer, a content known before stays registered, and one of which nothing is known is when a Tally has counted it:
 * none is ever taken off the register. Of one that was unknown before, or that nobody ever counted, it cannot be said.
 */
export const registeredAdmission = (deps: RegisteredDeps): Admission => {
  const { contents, clock, timers, log } = deps;
  const memo = new BoundedMap<ContentId, Known>(MEMO_MAX_ENTRIES);
  const remember = (content: ContentId, registered: boolean, lifeMs: number): boolean => {
    memo.set(content, { registered, until: clock.now() + lifeMs });
    return registered;
  };
  return {
    async admits(content) {
      const known = memo.get(content);
      if (known !== undefined && clock.now() < known.until) return known.registered;
      try {
        const asked = contents.content(content);
        const row = await demandWithin(asked, READ_TIMEOUT_MS, "the registry", timers);
        return row === undefined
          ? remember(content, false, UNREGISTERED_MEMO_MS)
          : remember(content, true, REGISTERED_MEMO_MS);
      } catch (cause) {
        if (!isResting(cause)) log.warn("registry.database-unreachable", { cause: `${cause}` });
        const admitted = known?.registered ?? (await wasCounted(deps, content));
        if (!admitted) throw cause;
        // Nobody waits for a database that is away more often than for one that knows no such content.
        return remember(content, true, UNREGISTERED_MEMO_MS);
      }
    },
  };
};
