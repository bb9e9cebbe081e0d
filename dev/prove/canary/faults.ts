/** What goes wrong between the service and its stores: errors that quote all they were asked, and no answer at all. */
import type { FaultKind } from "../../planetscale-gateway/faults.ts";
import { type RequestFault, textOfRequest } from "../../upstash-gateway/faults.ts";
import type { SafetyStores } from "../safety/stores.ts";
import type { Written } from "./written.ts";

/** `quoting`: every third call is refused in words that repeat it; `away`: none is answered. */
export const TROUBLES = ["none", "quoting", "away", "in the way"] as const;

export type Trouble = (typeof TROUBLES)[number];

export interface Wire {
  /** Everything that was sent. */
  readonly sent: readonly Written[];
  /** From now on. */
  trouble(kind: Trouble): void;
}

const EVERY = 3;

/** Of a duplicate key, of a syntax error, and of what goes away by itself: each is told of in another way. */
const ERRNOS = [1062, 1064, 1213] as const;

export const tapWires = ({ database, readModel }: SafetyStores): Wire => {
  const sent: Written[] = [];
  let kind: Trouble = "none";
  let calls = 0;
  const isQuoted = (): boolean => {
    calls += 1;
    return kind === "quoting" && calls % EVERY === 0;
  };
  database.faults.choose((sql): FaultKind | undefined => {
    sent.push({ place: "statements", name: sql.slice(0, NAME_CHARS), bytes: Buffer.from(sql) });
    if (!isQuoted()) return unanswered(kind);
    const errno = ERRNOS[calls % ERRNOS.length] ?? 1064;
    return { kind: "sql-error", errno, message: `not near '${sql}'` };
  });
  readModel.faults.choose((request): RequestFault | undefined => {
    const text = textOfRequest(request);
    sent.push({ place: "commands", name: text.slice(0, NAME_CHARS), bytes: Buffer.from(text) });
    if (!isQuoted()) return unanswered(kind);
    return { kind: "error", message: `ERR not with '${text}'` };
  });
  return {
    sent,
    trouble: (next) => {
      kind = next;
    },
  };
};

const NAME_CHARS = 60;

const unanswered = (kind: Trouble): (FaultKind & RequestFault) | undefined => {
  if (kind === "away") return { kind: "refuse" };
  return kind === "in the way" ? { kind: "status", status: 502, body: "html" } : undefined;
};
