/** What visitors, readers and an operator can rely on, whatever stores a deployment has chosen; in this order. */
import { afterAll, beforeAll, test } from "vitest";
import { Deployment, IN_ORDER, PATIENCE, type Stores } from "./end-to-end-deployment.ts";
import { countsViewers, hasViewers } from "./end-to-end-live.ts";
import { countsViews, hasViews } from "./end-to-end-views.ts";

export const countsEndToEnd = (stores: Stores): void => {
  const deployment = new Deployment(stores);
  beforeAll(() => deployment.begin());
  afterAll(() => deployment.end());

  test(
    "it is ready, with nothing that is away, and every shard stands",
    IN_ORDER,
    async ({ expect }) => {
      await expect
        .poll(() => deployment.site.read("/readyz"), PATIENCE)
        .toEqual(expect.objectContaining({ status: "ready" }));
      // One that has just begun may be too busy for the first answer.
      await expect
        .poll(async () => {
          const { shards } = (await deployment.site.operate("GET", "/status")) as Status;
          return shards.map(({ failed = "stands" }) => failed);
        }, PATIENCE)
        .toEqual(Array(SHARDS).fill("stands"));
    },
  );

  // First of all: a list in Redis vouches for itself half a minute after its first stream.
  countsViewers(deployment);
  countsViews(deployment);

  test(
    "it ends when it is told to, and starts again on what it left",
    IN_ORDER,
    async ({ expect }) => {
      expect(await deployment.restart()).toBe(0);
    },
  );

  hasViews(deployment);
  hasViewers(deployment);
};

/** Of `wrangler.toml`. */
const SHARDS = 8;

interface Status {
  readonly shards: readonly { readonly failed?: string }[];
}
