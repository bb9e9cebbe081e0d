/** Queries of rankings. */
import * as v from "valibot";
import {
  RANKED_CONTENTS,
  RANKING_DEFAULT_STREAMS,
  RANKING_MAX_STREAMS,
  VIEW_RANKING_DEFAULT_CONTENTS,
} from "../core/limits.ts";
import { RANKING_WINDOWS } from "./rankings-rpc.ts";
import { Consistency, IdParam, limitTo, once } from "./requests.ts";

const rankingQuery = (max: number, standard: number) => ({
  category: v.optional(once(IdParam)),
  limit: v.optional(once(limitTo(max)), [`${standard}`]),
  consistency: Consistency,
});

/** Query of `GET /v1/rankings/live`. */
export const LiveRankingQuery = v.strictObject(
  rankingQuery(RANKING_MAX_STREAMS, RANKING_DEFAULT_STREAMS),
);

/** Query of `GET /v1/rankings/views`. */
export const ViewRankingQuery = v.strictObject({
  window: v.optional(once(v.picklist(RANKING_WINDOWS)), ["realtime"]),
  ...rankingQuery(RANKED_CONTENTS, VIEW_RANKING_DEFAULT_CONTENTS),
});
