import { DATABASE_RULES } from "./database-rules.ts";
import type { Finding, Rule } from "./rule.ts";
import type { Server } from "./server.ts";
import { SERVER_RULES } from "./server-rules.ts";
import { SETTING_RULES } from "./setting-rules.ts";

const RULES: readonly Rule[] = [...SERVER_RULES, ...SETTING_RULES, ...DATABASE_RULES];

/** A finding of every rule, in the order of the rules. */
export const examine = (server: Server): readonly Finding[] =>
  RULES.map(({ check, judge }) => ({ check, ...judge(server) }));

/** Whether the server can be used as it is. */
export const isSound = (findings: readonly Finding[]): boolean =>
  findings.every(({ level }) => level !== "fail");
