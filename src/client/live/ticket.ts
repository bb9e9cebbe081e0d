/** Tickets to private streams, which only the site can give. */
import { TICKET_MS } from "./times.ts";

/**
 * @returns what the page's `headcountTicket` gives; nothing where it has none
 * @throws when it gives none in time
 */
export const ticketOf = (stream: string): Promise<string | undefined> => {
  const give = window.headcountTicket;
  if (!give) return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    setTimeout(reject, TICKET_MS);
    Promise.resolve(stream).then(give).then(resolve, reject);
  });
};
