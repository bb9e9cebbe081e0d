import type { RankedContent } from "../../src/protocol/rankings-rpc.ts";

/** `a:5<2` has 5 views and was the second before; `a:5` was not there. */
export const shown = (list: readonly RankedContent[] | undefined): readonly string[] | undefined =>
  list?.map(({ content: id, views, previousRank }) =>
    previousRank === null ? `${id}:${views}` : `${id}:${views}<${previousRank}`,
  );
