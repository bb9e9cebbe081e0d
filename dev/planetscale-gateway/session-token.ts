/** The session that a client gets with every answer, echoes with its next statement, and cannot make up. */
import { createHmac, randomUUID } from "node:crypto";
import { isSame } from "../gateway/http.ts";

/** Vitess' `Session`, as far as the gateway says something with it. */
export interface VitessSession {
  readonly autocommit: true;
  readonly inTransaction?: true;
  readonly targetString: string;
  readonly SessionUUID: string;
  /** One, where the session is in a transaction. */
  readonly ShardSessions?: readonly [{ readonly transactionId: string }];
  readonly lastInsertId?: string;
  readonly foundRows?: string;
  readonly rowCount?: string;
}

export interface Session {
  readonly signature: string;
  readonly vitessSession: VitessSession;
}

/** What the next session has to know of the last one. */
export interface SessionFacts {
  readonly uuid: string;
  readonly transactionId: string | undefined;
  readonly lastInsertId?: string | undefined;
}

export interface SessionTokens {
  sign(facts: SessionFacts, counts?: { foundRows?: number; rowCount?: number }): Session;
  /** @returns undefined when it is none that this gateway, or one with the same password, has signed */
  verify(session: unknown): SessionFacts | undefined;
}

export const newFacts = (): SessionFacts => ({ uuid: randomUUID(), transactionId: undefined });

/** Signed with the password, so that a session outside of a transaction outlives a restart of the gateway. */
export const createSessionTokens = (database: string, password: string): SessionTokens => {
  const signatureOf = (text: string): string =>
    createHmac("sha256", `planetscale-gateway session ${password}`).update(text).digest("base64");

  return {
    sign: ({ uuid, transactionId, lastInsertId }, { foundRows = 0, rowCount = 0 } = {}) => {
      const vitessSession: VitessSession = {
        autocommit: true,
        ...(transactionId !== undefined && {
          inTransaction: true,
          ShardSessions: [{ transactionId }],
        }),
        targetString: database,
        SessionUUID: uuid,
        ...(lastInsertId !== undefined && { lastInsertId }),
        ...(foundRows > 0 && { foundRows: `${foundRows}` }),
        ...(rowCount > 0 && { rowCount: `${rowCount}` }),
      };
      return { signature: signatureOf(JSON.stringify(vitessSession)), vitessSession };
    },
    verify: (session) => {
      if (!isSession(session)) return undefined;
      const { signature, vitessSession } = session;
      if (!isSame(signature, signatureOf(JSON.stringify(vitessSession)))) return undefined;
      const { SessionUUID, ShardSessions, lastInsertId } = vitessSession;
      return { uuid: SessionUUID, transactionId: ShardSessions?.[0].transactionId, lastInsertId };
    },
  };
};

/** Its form beyond this is vouched for by the signature alone. */
const isSession = (value: unknown): value is Session =>
  typeof value === "object" &&
  value !== null &&
  "signature" in value &&
  typeof value.signature === "string" &&
  "vitessSession" in value &&
  typeof value.vitessSession === "object" &&
  value.vitessSession !== null;
