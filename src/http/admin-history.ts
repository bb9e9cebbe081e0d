import { Hono } from "hono";
import { noteOrder } from "../app/note-order.ts";
import { importStarts } from "../app/views/import-starts.ts";
import { MAX_EVENTS_BODY_BYTES } from "../core/limits.ts";
import { ImportBody } from "../protocol/requests-events.ts";
import { answerJson, NO_STORE } from "./answer.ts";
import type { HttpEnv } from "./context.ts";
import { answerEvents, readEvents } from "./events.ts";
import { orUnsaved } from "./or-unsaved.ts";
import { readBody } from "./read-body.ts";
import { signed } from "./signed.ts";

/** What was counted elsewhere, or never, before a site came here; behind the admin key. */
export const adminHistory = new Hono<HttpEnv>();

adminHistory.post("/v1/admin/replay", async (c) => {
  const { orders, replay } = c.get("services");
  const given = await readEvents(c);
  const what = { events: given.length };
  await noteOrder(signed(c, orders), { order: "replay", what });
  return answerEvents(c, replay, given);
});

adminHistory.post("/v1/admin/import", async (c) => {
  const { log, registry } = c.get("services");
  const { counts } = await readBody(c.req.raw, MAX_EVENTS_BODY_BYTES, ImportBody);
  await orUnsaved(importStarts(signed(c, registry), counts), log);
  return answerJson({ imported: counts.length }, 200, NO_STORE);
});
