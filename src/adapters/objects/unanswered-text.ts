import type { Unanswered } from "../../ports/room-store.ts";

/** @returns `undefined` for what no version of this code has written */
export const readUnanswered = (text: string | undefined): Unanswered | undefined => {
  if (!text) return undefined;
  const [failures, since, triedAt] = text.split(" ").map(Number);
  if (!isWhole(failures) || !isWhole(since) || !isWhole(triedAt)) return undefined;
  return { failures, since, triedAt };
};

export const writeUnanswered = (unanswered: Unanswered | undefined): string => {
  if (unanswered === undefined) return "";
  const { failures, since, triedAt } = unanswered;
  return `${failures} ${since} ${triedAt}`;
};

const isWhole = (value: number | undefined): value is number => Number.isSafeInteger(value);
