const SLOT_MS = 300_000;

export interface NaiveView {
  readonly content: string;
  readonly at: number;
}

/** Views and views before of each content at a moment, counted one by one: contents without any are left out. */
export const naiveSlots = (
  views: readonly NaiveView[],
  now: number,
): Record<string, readonly [views: number, before: number]> => {
  const end = (Math.floor(now / SLOT_MS) + 1) * SLOT_MS;
  const counts = new Map<string, [number, number]>();
  for (const { content, at } of views) {
    const age = end - at;
    if (age <= 0 || age > 24 * SLOT_MS) continue;
    const count = counts.get(content) ?? [0, 0];
    count[age > 12 * SLOT_MS ? 1 : 0] += 1;
    counts.set(content, count);
  }
  return Object.fromEntries(counts);
};
