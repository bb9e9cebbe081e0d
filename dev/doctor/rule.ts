/** A rule judges one thing about a server; its verdict says what is there, what is needed, and what mends it. */
import type { Server } from "./server.ts";

/** `not shown`: the server keeps it to itself, as hosted ones do. */
export type Verdict =
  | { readonly level: "ok"; readonly value: string; readonly needed: string }
  | {
      readonly level: "warn" | "fail";
      readonly value: string;
      readonly needed: string;
      /** A line for the cnf, a statement, or a command. */
      readonly mend: string;
    }
  | { readonly level: "not shown"; readonly needed: string };

export interface Rule {
  /** The thing it judges, in a few words. */
  readonly check: string;
  readonly judge: (server: Server) => Verdict;
}

export type Finding = Verdict & { readonly check: string };

export type Level = Exclude<Verdict["level"], "not shown">;

/** @param level `mend` is left out when it is `ok` */
export const verdict = (level: Level, value: string, needed: string, mend: string): Verdict =>
  level === "ok" ? { level, value, needed } : { level, value, needed, mend };

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

export const KIB = 1024;
export const MIB = 1024 ** 2;
export const GIB = 1024 ** 3;

/** `1.5 GiB` */
export const formatBytes = (bytes: number): string => {
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), UNITS.length - 1);
  return `${Math.round((bytes / KIB ** power) * 10) / 10} ${UNITS[power]}`;
};
