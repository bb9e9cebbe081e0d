/** The pure part of a stream's numbers: read with suspicion, and never falling where they must not. */
import type { BeatMessage, StatusMessage } from "../../protocol/live-messages.ts";

export interface Numbers {
  readonly viewers: number;
  readonly peak: number;
  readonly total: number;
}

/** What a message means to a page. A type it does not know means nothing, so that the service may have new ones. */
export type Heard = ({ readonly type: "count" } & Numbers) | StatusMessage | BeatMessage;

const parse = (data: unknown): Readonly<Record<string, unknown>> => {
  try {
    return Object(JSON.parse(`${data}`));
  } catch {
    return {};
  }
};

const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0;

/** @returns the numbers in an object that has all of them */
export const readNumbers = (object: unknown): Numbers | undefined => {
  const { viewers, peak, total }: Readonly<Record<string, unknown>> = Object(object);
  return isCount(viewers) && isCount(peak) && isCount(total) ? { viewers, peak, total } : undefined;
};

export const readMessage = (data: unknown): Heard | undefined => {
  const message = parse(data);
  const { type, status } = message;
  if (type === "beat") return { type };
  if (type === "status" && (status === "live" || status === "syncing" || status === "ended")) {
    return { type, status };
  }
  const numbers = type === "count" ? readNumbers(message) : undefined;
  return numbers && { type: "count", ...numbers };
};

/** Viewers come and go. A peak or a total that falls comes from somewhere that knows less. */
export const advance = (known: Numbers | undefined, heard: Numbers): Numbers => ({
  viewers: heard.viewers,
  peak: Math.max(known?.peak ?? 0, heard.peak),
  total: Math.max(known?.total ?? 0, heard.total),
});
