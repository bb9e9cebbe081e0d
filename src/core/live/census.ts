/**
 * Counting a room's viewers once more, from what shows that somebody is there: the sockets the platform has, and the
 * heartbeats on disk. It shares nothing with the set of viewers, so that a mistake there is none here.
 */
import { LIVE_SILENT_MS } from "../limits.ts";

/** What shows that somebody is there, or a connection in the set of viewers that claims it. */
export interface Evidence {
  readonly id: string;
  readonly kind: "socket" | "lease";
  readonly role: "viewer" | "observer";
  readonly visitor: string;
  /** Last sign of life, ms. */
  readonly lastSeen: number;
}

/** Connections by id, in which the set of viewers and the evidence contradict each other. */
export interface Differences {
  /** In the set, and nothing shows them. */
  readonly ghosts: ReadonlySet<string>;
  /** Shown to be there, and not in the set. */
  readonly missing: ReadonlySet<string>;
}

/**
 * What was heard of lately enough.
 * @param now ms
 * @param askedAt every socket was asked for a sign of life then, ms: an older one shows nothing
 */
export const heardLately = <Shown extends Evidence>(
  shown: Iterable<Shown>,
  now: number,
  askedAt: number | null,
): ReadonlyMap<string, Shown> => {
  const heard = new Map<string, Shown>();
  for (const one of shown) {
    if (now - one.lastSeen >= LIVE_SILENT_MS) continue;
    if (askedAt !== null && one.kind === "socket" && one.lastSeen < askedAt) continue;
    heard.set(one.id, one);
  }
  return heard;
};

export const compare = (
  held: Iterable<{ readonly id: string }>,
  heard: ReadonlyMap<string, Evidence>,
): Differences => {
  const ghosts = new Set<string>();
  const missing = new Set(heard.keys());
  for (const { id } of held) {
    if (!missing.delete(id)) ghosts.add(id);
  }
  return { ghosts, missing };
};

/** What is wrong in both. */
export const inBoth = (a: Differences, b: Differences): Differences => ({
  ghosts: intersection(a.ghosts, b.ghosts),
  missing: intersection(a.missing, b.missing),
});

/** The first of them. */
export const firstOf = ({ ghosts, missing }: Differences, count: number): Differences => {
  const first = [...ghosts].slice(0, count);
  return {
    ghosts: new Set(first),
    missing: new Set([...missing].slice(0, count - first.length)),
  };
};

export const sizeOf = ({ ghosts, missing }: Differences): number => ghosts.size + missing.size;

/** Distinct visitors among those who view. */
export const countViewers = (connections: Iterable<Pick<Evidence, "visitor" | "role">>): number => {
  const visitors = new Set<string>();
  for (const { visitor, role } of connections) if (role === "viewer") visitors.add(visitor);
  return visitors.size;
};

/** What the set of viewers would count without these differences. */
export const countWithout = (
  held: Iterable<Pick<Evidence, "id" | "visitor" | "role">>,
  heard: ReadonlyMap<string, Evidence>,
  { ghosts, missing }: Differences,
): number => {
  const right = [...held].filter(({ id }) => !ghosts.has(id));
  return countViewers([...right, ...[...missing].flatMap((id) => heard.get(id) ?? [])]);
};

const intersection = (a: ReadonlySet<string>, b: ReadonlySet<string>): ReadonlySet<string> =>
  new Set([...a].filter((id) => b.has(id)));
