/** What anybody may ask for with ids and values of his own, and what one such request may cost the stores. */
import { MAX_CONTENTS } from "../../../src/core/limits.ts";
import { RANKING_WINDOWS } from "../../../src/protocol/rankings-rpc.ts";
import { ROUTES } from "../../../src/protocol/routes.ts";
import type { Shot } from "../safety/sender.ts";

/** Calls of the stores for one request. */
export interface Cost {
  readonly database: number;
  readonly readModel: number;
}

export interface Probe {
  readonly name: string;
  /** Ids or values in one request, 1 unless it says so. */
  readonly ids?: number;
  /** Where others have 1. */
  readonly share?: number;
  /** By whom it is asked: with an upgrade, or as everything else. */
  readonly upgrade?: true;
  /** At most, on average. */
  readonly most: Cost;
  /** @param id that nobody ever used */
  shot(id: string, index: number): Shot;
}

const NOTHING: Cost = { database: 0, readModel: 0 };

const get = (path: string): Shot => ({ method: "GET", path });

const reading = (
  name: string,
  most: Cost,
  pathOf: (id: string, index: number) => string,
): Probe => ({
  ...{ name, most },
  shot: (id, index) => get(pathOf(id, index)),
});

const DAY_MS = 86_400_000;

/** Some month of the last years. */
const rangeOf = (index: number): string => {
  const from = Date.now() - (30 + (index % 1_000)) * DAY_MS;
  const text = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  return `from=${text(from)}&to=${text(from + (1 + (index % 28)) * DAY_MS)}`;
};

const windowOf = (index: number): string => RANKING_WINDOWS[index % RANKING_WINDOWS.length] ?? "";

const READS: readonly Probe[] = [
  reading("counts/:content", { database: 0, readModel: 1 }, (id) => `/v1/counts/${id}`),
  {
    ...{ name: "counts of 100", ids: MAX_CONTENTS, share: 4, most: { database: 0, readModel: 1 } },
    shot: (id) => {
      const ids = Array.from({ length: MAX_CONTENTS }, (_, i) => `content=${id}-${i}`);
      return get(`/v1/counts?${ids.join("&")}`);
    },
  },
  reading("streams/:id", { database: 1, readModel: 1 }, (id) => `/v1/streams/${id}`),
  reading("stats of a content", { database: 4, readModel: 0 }, (id) => `/v1/stats/contents/${id}`),
  reading(
    "stats in a range",
    { database: 4, readModel: 0 },
    (id, index) => `/v1/stats/contents/${id}?${rangeOf(index)}`,
  ),
  reading(
    "regions of a content",
    { database: 4, readModel: 0 },
    (id) => `/v1/stats/contents/${id}/regions`,
  ),
  reading(
    "history of a stream",
    { database: 1, readModel: 0 },
    (id) => `/v1/stats/streams/${id}/history`,
  ),
  reading(
    "history of a broadcaster",
    { database: 1, readModel: 0 },
    (id) => `/v1/stats/broadcasters/${id}/history`,
  ),
  reading(
    "live ranking of a category",
    { database: 0, readModel: 1 },
    (id) => `/v1/rankings/live?category=${id}`,
  ),
  reading(
    "view ranking of a category",
    { database: 0, readModel: 1 },
    (id, index) => `/v1/rankings/views?category=${id}&window=${windowOf(index)}`,
  ),
];

const OTHERS: readonly Probe[] = [
  {
    ...{ name: "mint of a content", most: NOTHING },
    shot: (content) => ({ path: "/v1/views", body: { content } }),
  },
  {
    ...{ name: "mint of a page", most: NOTHING },
    shot: (id) => ({ path: "/v1/views", body: { url: `https://example.com/${id}` } }),
  },
  {
    ...{ name: "heartbeat of a stream", most: { database: 1, readModel: 0 } },
    shot: (id) => ({ path: `/v1/streams/${id}/heartbeat`, body: {} }),
  },
  {
    ...{ name: "socket of a stream", most: { database: 1, readModel: 0 } },
    ...{ upgrade: true, share: 0.2 },
    shot: (id) => get(`/v1/streams/${id}/live`),
  },
  {
    ...{ name: "registry without key", most: NOTHING },
    shot: (id) => ({ method: "PUT", path: `/v1/admin/contents/${id}`, body: { title: id } }),
  },
  reading("paths that are none", NOTHING, (id) => `/v1/${id}`),
  reading("pages of the demo", NOTHING, (id) => `/demo/${id}`),
];

/** A mint of what nobody registered asks the register, each time. */
const REGISTERED: Readonly<Record<string, Cost>> = {
  "mint of a content": { database: 1, readModel: 0 },
  "mint of a page": { database: 1, readModel: 0 },
};

/** @param contents as the variable of that name */
export const idProbes = (contents: string): readonly Probe[] =>
  [...READS, ...OTHERS].map((probe) =>
    contents === "registered" ? { ...probe, most: REGISTERED[probe.name] ?? probe.most } : probe,
  );

/** One of every public path for `GET`: a query that nobody knows is answered without any store. */
export const queryProbes = (): readonly Probe[] =>
  ROUTES.filter(({ method, scope }) => method === "GET" && scope === undefined).map(({ path }) => ({
    ...{ name: path, most: NOTHING },
    ...(path.endsWith("/live") && path.startsWith("/v1/streams") && { upgrade: true as const }),
    shot: (id, index) => get(`${path.replace(/:\w+/, "known")}?${queryOf(id, index)}`),
  }));

const queryOf = (id: string, index: number): string =>
  [`${id}=1`, `_=${id}`, `utm_source=${id}`, id, `${id}[]=1&${id}[]=2`][index % 5] ?? id;
