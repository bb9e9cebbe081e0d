/** What happens on a stream's socket, in sentences. */
import { CLOSE_CODES } from "../protocol/live-messages.ts";

const REASONS: Readonly<Record<number, string>> = {
  [CLOSE_CODES.replaced]:
    "this visitor opened more than the stream allows, and this was the oldest. It stays closed",
  [CLOSE_CODES.moved]: "the service moves its viewers. It opens again after a random pause",
  [CLOSE_CODES.ended]: "the stream is not live. It stays closed",
  [CLOSE_CODES.flood]: "too many messages. It opens again after a long pause",
  [CLOSE_CODES.unreadable]: "the service did not understand it. It opens again after a long pause",
  [CLOSE_CODES.ticket]:
    "the stream is private and the ticket is missing, too old or another's. With window.headcountTicket it opens again",
  [CLOSE_CODES.crowded]: "too many sockets of this network. It opens again after a long pause",
  [CLOSE_CODES.silent]: "the service heard nothing for too long. It opens again",
};

/** @param code of an end that the SDK did not bring about itself */
export const explainClose = (code: number, opened: boolean): string => {
  if (!opened) {
    return "The stream's socket did not open: no such stream, this site is not in ALLOWED_ORIGINS, the network is down, or something blocks sockets. It is tried again; after three times heartbeats begin.";
  }
  const reason = REASONS[code] ?? `code ${code}. It opens again, unless the page closed it`;
  return `The stream's socket has closed: ${reason}.`;
};

/** @returns `undefined` for what is sent all the time */
export const explainMessage = (message: Readonly<Record<string, unknown>>): string | undefined => {
  const { type, viewers, peak, total, status } = message;
  if (type === "count") return `${viewers} viewers, at most ${peak}, in all ${total}.`;
  if (type === "status") return `The stream is ${status}.`;
  if (type === "beat") return "The service asked whether the page is still there; it is.";
  return undefined;
};
