import { Hono } from "hono";
import { type Receipt, receiptFor } from "../app/views/receipt.ts";
import { MAX_BODY_BYTES } from "../core/limits.ts";
import { ReceiptBody } from "../protocol/requests-receipts.ts";
import { answerJson, NO_STORE } from "./answer.ts";
import type { HttpEnv } from "./context.ts";
import { refusedBy } from "./limited.ts";
import { problem } from "./problem.ts";
import { readBody } from "./read-body.ts";
import { sourceOf } from "./visit.ts";

export const receipts = new Hono<HttpEnv>();

receipts.post("/v1/receipts", async (c) => {
  const { limiter, receipts: deps } = c.get("services");
  const ruling = await limiter.network("receipt", sourceOf(c.req.raw));
  const tooMany = refusedBy(ruling, "too-many-receipts");
  if (tooMany !== undefined) return tooMany;
  const { token } = await readBody(c.req.raw, MAX_BODY_BYTES, ReceiptBody);
  const given = await receiptFor(deps, token);
  switch (given.status) {
    case "given":
      return answerJson(shape(given.receipt), 200, NO_STORE);
    case "forged":
      return problem("token-forged");
    case "expired":
      return problem("receipt-expired");
    case "unavailable":
      return problem("receipts-unavailable", { headers: { "Retry-After": "5" } });
  }
});

const shape = ({ outcome, ...event }: Receipt) => ({ ...event, ...outcome });
