/** Attacks on the ways around tokens: events, starting values, receipts of others, tickets to a private stream. */
import { createHmac, randomBytes } from "node:crypto";
import { fromBase64Url, toBase64Url } from "../../../src/protocol/base64url.ts";
import type { Shot } from "../safety/sender.ts";
import { withFlippedBit } from "./forge.ts";
import { type Kind, RIPE_MS } from "./kinds.ts";

const UNAUTHORIZED = ["401 unauthorized"];
const TOLD = "attack-told";

/** What whoever has no key may say instead. */
const KEYS: readonly (string | undefined)[] = [
  undefined,
  "",
  "Bearer",
  "Bearer ",
  "Bearer admin-key",
  `Bearer ${"A".repeat(43)}`,
  `Basic ${Buffer.from("admin:admin").toString("base64")}`,
  "bearer null",
];

const withoutKey = (name: string, shotOf: (index: number) => Shot): Kind => ({
  ...{ name, contents: [TOLD], answers: UNAUTHORIZED },
  volley: async (index) => {
    const key = KEYS[index % KEYS.length];
    const headers = key === undefined ? {} : { Authorization: key };
    return { shots: [{ ...shotOf(index), headers }] };
  },
});

const event = () => ({ id: crypto.randomUUID(), content: TOLD, address: "192.0.2.7" });

const WITHOUT_KEY: readonly Kind[] = [
  withoutKey("events without key", () => ({ path: "/v1/events", body: { events: [event()] } })),
  withoutKey("start views without key", (index) => ({
    ...{ method: "PUT", path: `/v1/admin/contents/${TOLD}` },
    body: { startViews: index },
  })),
  withoutKey("restating without key", (index) => ({
    path: `/v1/admin/contents/${TOLD}/restate`,
    body: { views: index, reason: "because" },
  })),
];

const PEEKED = "attack-peeked";

const RECEIPTS: readonly Kind[] = [
  {
    ...{ name: "receipts by forged tokens", contents: [PEEKED], answers: ["401 token-forged"] },
    volley: async (index, { mint }) => {
      const token = withFlippedBit(await mint(PEEKED, RIPE_MS), index);
      return { shots: [{ path: "/v1/receipts", body: { token } }] };
    },
  },
];

interface Claims {
  readonly stream: string;
  readonly user: string;
  /** Unix seconds. */
  readonly exp: number;
}

/** @param key `id:secret`, as `TICKET_KEYS` has it */
export const makeTicket = (key: string, claims: Claims): string => {
  const [id = "", secret = ""] = key.split(":");
  const signed = `t1.${id}.${toBase64Url(Buffer.from(JSON.stringify(claims)))}`;
  const mac = createHmac("sha256", fromBase64Url(secret) ?? "")
    .update(signed)
    .digest();
  return `${signed}.${toBase64Url(mac)}`;
};

const LIFE_S = 60;

export const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1_000) + seconds;

const forgeries: readonly ((key: string, claims: Claims) => string | undefined)[] = [
  () => undefined,
  () => "",
  (key, claims) => makeTicket(otherSecret(key), claims),
  (key, claims) => makeTicket(key.replace(/^[^:]+/, "site9"), claims),
  (key, claims) => makeTicket(key, { ...claims, stream: `${claims.stream}-2` }),
  (key, claims) => makeTicket(key, { ...claims, exp: inSeconds(-1) }),
  (key, claims) => makeTicket(key, { ...claims, exp: inSeconds(3_600) }),
  (key, claims) => makeTicket(key, claims).slice(0, -1),
  (key, claims) => withOtherUser(makeTicket(key, claims)),
  (key, claims) => makeTicket(key, claims).replace(/^t1/, "v1"),
];

const otherSecret = (key: string): string => `${key.split(":")[0]}:${toBase64Url(randomBytes(32))}`;

const withOtherUser = (ticket: string): string => {
  const [version, id, payload = "", mac] = ticket.split(".");
  const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString());
  const other = { ...(claims as Claims), user: "somebody-else" };
  return [version, id, toBase64Url(Buffer.from(JSON.stringify(other))), mac].join(".");
};

/** @param stream a private one that is live @param key the first of `TICKET_KEYS` */
export const forgedTickets = (stream: string, key: string): Kind => ({
  ...{ name: "forged tickets", contents: [], answers: ["401 ticket-refused"] },
  volley: async (index) => {
    const claims = { stream, user: `user-${index}`, exp: inSeconds(LIFE_S) };
    const ticket = forgeries[index % forgeries.length]?.(key, claims);
    return { shots: [{ path: `/v1/streams/${stream}/heartbeat`, body: { ticket } }] };
  },
});

/** Control: who has one is a viewer. */
export const genuineTicket = (stream: string, key: string, user: string): Shot => {
  const ticket = makeTicket(key, { stream, user, exp: inSeconds(LIFE_S) });
  return { path: `/v1/streams/${stream}/heartbeat`, body: { ticket } };
};

export const AROUND_TOKENS: readonly Kind[] = [...WITHOUT_KEY, ...RECEIPTS];
