import type { ContentId } from "../../core/ids.ts";
import { MEMO_MAX_ENTRIES, REGISTERED_MEMO_MS, UNREGISTERED_MEMO_MS } from "../../core/limits.ts";
import type { Clock } from "../../ports/clock.ts";
import type { ContentTables } from "../../ports/database.ts";
import { BoundedMap } from "../bounded-map.ts";

/** Which contents may be counted. */
export interface Admission {
  /** @throws when it cannot be known now */
  admits(content: ContentId): Promise<boolean>;
}

/** `CONTENTS=open`: a content is whatever is viewed. */
export const openAdmission: Admission = { admits: () => Promise.resolve(true) };

interface Known {
  readonly registered: boolean;
  readonly until: number;
}

/** `CONTENTS=registered`: what the database knows, remembered in the isolate, known and unknown alike. */
export const registeredAdmission = (
  contents: Pick<ContentTables, "content">,
  clock: Clock,
): Admission => {
  const memo = new BoundedMap<ContentId, Known>(MEMO_MAX_ENTRIES);
  return {
    async admits(content) {
      const now = clock.now();
      const known = memo.get(content);
      if (known !== undefined && now < known.until) return known.registered;
      const registered = (await contents.content(content)) !== undefined;
      const until = now + (registered ? REGISTERED_MEMO_MS : UNREGISTERED_MEMO_MS);
      memo.set(content, { registered, until });
      return registered;
    },
  };
};
