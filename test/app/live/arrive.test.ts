import { expect, test } from "vitest";
import { webCryptoSignatures } from "../../../src/adapters/webcrypto/signatures.ts";
import { type ArriveResult, arrive } from "../../../src/app/live/arrive.ts";
import type { StreamId } from "../../../src/core/ids.ts";
import type { Stream } from "../../../src/ports/database.ts";

const CONCERT = "concert" as StreamId;

const PUBLIC: Stream = {
  ...{ id: CONCERT, broadcaster: "b", title: "Concert", expectedViewers: 0 },
  ...{ visibility: "public", status: "live", startedAt: 0 },
};

const arriveAt = (stream: Stream | undefined, ticket?: string): Promise<ArriveResult> =>
  arrive(
    {
      registry: { find: async () => stream },
      signatures: webCryptoSignatures([]),
      clock: { now: () => 0 },
    },
    {
      ...{ stream: CONCERT, role: "viewer", client: "a", ticket },
      ...{ address: "192.0.2.1", userAgent: undefined },
    },
  );

test("anybody arrives at a public stream that is live", async () => {
  expect(await arriveAt(PUBLIC)).toMatchObject({ status: "arrived" });
});

test("nobody arrives at a stream that nobody registered", async () => {
  expect(await arriveAt(undefined)).toEqual({ status: "unknown-stream" });
});

test("nobody arrives at a private stream without a ticket", async () => {
  expect(await arriveAt({ ...PUBLIC, visibility: "private" })).toEqual({
    status: "ticket-refused",
  });
});

test("nobody arrives with a bad ticket, at a public stream neither", async () => {
  expect(await arriveAt(PUBLIC, "bad")).toEqual({ status: "ticket-refused" });
});
