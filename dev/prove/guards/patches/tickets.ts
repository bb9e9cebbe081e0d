/** What keeps a ticket that is forged, of another stream or too old from letting anybody in. */
import type { Patch } from "../patch.ts";

const TICKETS = { project: "pure", file: "test/app/live/ticket.test.ts" } as const;
const TICKET = "src/app/live/ticket.ts";
const LIVE = { project: "workers", file: "test/worker/live/room.test.ts" } as const;

export const TICKET_PATCHES: readonly Patch[] = [
  {
    name: "ticket-mac",
    guard: "a ticket's MAC",
    file: TICKET,
    find: "if (!(await signatures.verify(keyId, signed, mac))) return undefined;",
    replace: "await signatures.verify(keyId, signed, mac);",
    test: { ...TICKETS, name: "a ticket whose MAC is another one's tells nobody" },
    fails: /expected 'ann' to be undefined/,
  },
  {
    name: "ticket-stream",
    guard: "that a ticket is for this stream",
    file: TICKET,
    find: "return inTime && claims.stream === stream ? claims.user : undefined;",
    replace: "return inTime ? claims.user : undefined;",
    test: { ...TICKETS, name: "a ticket of another stream tells nobody" },
    fails: /expected 'ann' to be undefined/,
  },
  {
    name: "ticket-expiry",
    guard: "a ticket's end",
    file: TICKET,
    find: "leftMs > 0 && leftMs",
    replace: "leftMs",
    test: { ...TICKETS, name: "a ticket is good until the millisecond in which it ends" },
    fails: /expected \[ 'ann', 'ann' \] to deeply equal \[ 'ann', undefined \]/,
  },
  {
    name: "ticket-longest-life",
    guard: "that no ticket is good for longer than two minutes",
    file: TICKET,
    find: "leftMs > 0 && leftMs <= TICKET_LIFE_MS",
    replace: "leftMs > 0",
    test: { ...TICKETS, name: "a ticket is good for two minutes at most, whatever it says" },
    fails: /expected \[ 'ann', 'ann' \] to deeply equal \[ undefined, 'ann' \]/,
  },
  {
    name: "ticket-of-private-streams",
    guard: "that a private stream wants a ticket",
    file: "src/app/live/arrive.ts",
    find: '(ticket !== undefined || stream.visibility === "private")',
    replace: "ticket !== undefined",
    test: {
      project: "pure",
      file: "test/app/live/arrive.test.ts",
      name: "nobody arrives at a private stream without a ticket",
    },
    fails:
      /expected \{ Object \(status, arrival\) \} to deeply equal \{ status: 'ticket-refused' \}/,
  },
  {
    name: "ticket-key-id",
    guard: "looking for the key a ticket names",
    file: "src/adapters/webcrypto/signatures.ts",
    find: "const key = await imported.get(keyId);",
    replace: "const key = await (imported.get(keyId) ?? [...imported.values()][0]);",
    test: {
      ...LIVE,
      name: "of an unknown key is refused, on public streams too",
      title: "%s is refused, on public streams too",
    },
    // Let in, where nobody has opened a room.
    fails: /expected 4002 to be 4005/,
  },
  {
    name: "ticket-claims",
    guard: "that a ticket says what it has to, and nothing else",
    file: "src/protocol/ticket.ts",
    find: "v.strictObject(",
    replace: "v.object(",
    test: {
      ...LIVE,
      name: "with more in it is refused, on public streams too",
      title: "%s is refused, on public streams too",
    },
    // Let in, where nobody has opened a room.
    fails: /expected 4002 to be 4005/,
  },
];
