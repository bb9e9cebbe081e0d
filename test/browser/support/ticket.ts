/** Tickets as a site's back end makes them. */
import { createHmac } from "node:crypto";

/** The site's key for tickets; its secret is 32 bytes. */
const TICKET_SECRET = Buffer.alloc(32, 7);
export const TICKET_KEYS = `TICKET_KEYS="site:${TICKET_SECRET.toString("base64url")}"`;

export const ticketFor = (stream: string, user: string): string => {
  const exp = Math.floor(Date.now() / 1_000) + 60;
  const payload = Buffer.from(JSON.stringify({ stream, user, exp })).toString("base64url");
  const signed = `t1.site.${payload}`;
  const mac = createHmac("sha256", TICKET_SECRET).update(signed).digest("base64url");
  return `${signed}.${mac}`;
};
