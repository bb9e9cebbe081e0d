import type { Exclusion } from "../../../ports/correction-tables.ts";
import type { RawLine } from "../../../protocol/raw-record.ts";

/** What of an event an exclusion may name. */
type Named = Pick<RawLine, "at" | "content" | "visitor" | "prev" | "net" | "browser">;

/**
 * Whether one of the exclusions names an event. A user's id is in no event: what excludes a user excludes the visitor
 * keys it is made into.
 */
export const excludedBy = (exclusions: readonly Exclusion[]): ((event: Named) => boolean) => {
  const byName = new Map<string, Exclusion[]>();
  for (const exclusion of exclusions) {
    const name = `${exclusion.kind} ${exclusion.value}`;
    const same = byName.get(name);
    if (same === undefined) byName.set(name, [exclusion]);
    else same.push(exclusion);
  }
  if (byName.size === 0) return () => false;
  return (event) => {
    const { at, content, visitor, prev, net, browser } = event;
    const names = [`visitor ${visitor}`, `network ${net}`, `browser ${browser}`];
    if (prev !== undefined) names.push(`visitor ${prev}`);
    return names.some((name) =>
      byName.get(name)?.some((exclusion) => covers(exclusion, content, at)),
    );
  };
};

const covers = ({ content, fromAt, toAt }: Exclusion, viewed: string, at: number): boolean =>
  (content === undefined || content === viewed) &&
  at >= fromAt &&
  (toAt === undefined || at < toAt);
