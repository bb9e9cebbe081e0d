import { expect, test } from "vitest";
import { webCryptoSignatures } from "../../../src/adapters/webcrypto/signatures.ts";
import { openTicket } from "../../../src/app/live/ticket.ts";
import type { StreamId } from "../../../src/core/ids.ts";
import { TICKET_LIFE_MS } from "../../../src/core/limits.ts";
import { makeTicket, SITE_SECRET } from "../../worker/live/tickets.ts";

const NOW = Date.UTC(2026, 10, 21, 12);
const CLAIMS = { stream: "concert", user: "ann", exp: NOW / 1_000 + 60 };

const open = (ticket: string, now = NOW): Promise<string | undefined> => {
  const signatures = webCryptoSignatures([{ id: "site", secret: SITE_SECRET }]);
  return openTicket({ signatures, clock: { now: () => now } }, ticket, "concert" as StreamId);
};

test("a ticket tells its user for its stream", async () => {
  expect(await open(await makeTicket({ claims: CLAIMS }))).toBe("ann");
});

test("a ticket whose MAC is another one's tells nobody", async () => {
  const [head] = (await makeTicket({ claims: CLAIMS })).match(/^.*\./) ?? [];
  expect(await open(`${head}${"A".repeat(43)}`)).toBeUndefined();
});

test("a ticket of another stream tells nobody", async () => {
  expect(await open(await makeTicket({ claims: { ...CLAIMS, stream: "other" } }))).toBeUndefined();
});

test("a ticket is good until the millisecond in which it ends", async () => {
  const ticket = await makeTicket({ claims: CLAIMS });
  const endsAt = CLAIMS.exp * 1_000;
  expect([await open(ticket, endsAt - 1), await open(ticket, endsAt)]).toEqual(["ann", undefined]);
});

test("a ticket is good for two minutes at most, whatever it says", async () => {
  const ticket = await makeTicket({ claims: CLAIMS });
  const longest = CLAIMS.exp * 1_000 - TICKET_LIFE_MS;
  expect([await open(ticket, longest - 1), await open(ticket, longest)]).toEqual([
    undefined,
    "ann",
  ]);
});
