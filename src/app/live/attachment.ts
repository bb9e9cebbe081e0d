import type { Connection } from "../../core/live/viewer-set.ts";

const VERSION = 1;

type Kept = Pick<Connection, "id" | "role" | "visitor" | "network" | "openedAt">;

/** What stays with a socket while the object sleeps: who it is, in keys. */
export const writeAttachment = ({ id, role, visitor, network, openedAt }: Kept): unknown => ({
  v: VERSION,
  id,
  role,
  visitor,
  network,
  openedAt,
});

/** @returns `undefined` for what no version of this code has written */
export const readAttachment = (stored: unknown): Kept | undefined => {
  if (typeof stored !== "object" || stored === null) return undefined;
  const { v, id, role, visitor, network, openedAt } = stored as Record<string, unknown>;
  if (v !== VERSION || typeof id !== "string" || typeof visitor !== "string") return undefined;
  if (typeof network !== "string" || !Number.isSafeInteger(openedAt)) return undefined;
  if (role !== "viewer" && role !== "observer") return undefined;
  return { id, role, visitor, network, openedAt: Number(openedAt) };
};
