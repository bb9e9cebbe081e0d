import type { StreamId } from "../../core/ids.ts";
import { TICKET_LIFE_MS } from "../../core/limits.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Signatures } from "../../ports/signatures.ts";
import { parseTicket } from "../../protocol/ticket.ts";

export interface TicketDeps {
  readonly signatures: Signatures;
  readonly clock: Clock;
}

/**
 * @returns the site's id of the user; `undefined` when the ticket is forged, for another stream, expired, or good for
 * longer than a ticket may be
 */
export const openTicket = async (
  { signatures, clock }: TicketDeps,
  ticket: string,
  stream: StreamId,
): Promise<string | undefined> => {
  const parsed = parseTicket(ticket);
  if (parsed === undefined) return undefined;
  const { keyId, signed, mac, claims } = parsed;
  if (!(await signatures.verify(keyId, signed, mac))) return undefined;
  const leftMs = claims.exp * 1_000 - clock.now();
  const inTime = leftMs > 0 && leftMs <= TICKET_LIFE_MS;
  return inTime && claims.stream === stream ? claims.user : undefined;
};
