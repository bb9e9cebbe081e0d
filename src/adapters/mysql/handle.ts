import { Client } from "@planetscale/database";
import { drizzle, type PlanetScaleDatabase } from "drizzle-orm/planetscale-serverless";
import { STATEMENT_TIMEOUT_MS } from "../../core/limits.ts";

/** Drizzle over PlanetScale's HTTP protocol, and the driver under it. */
export type MySqlHandle = PlanetScaleDatabase & { readonly $client: Client };

/**
 * @param url `https://user:password@host`; nothing is connected before the first statement
 * @param timeoutMs a statement without an answer is given up after it
 */
export const mysqlHandle = (url: string, timeoutMs = STATEMENT_TIMEOUT_MS): MySqlHandle =>
  drizzle(
    new Client({
      url,
      fetch: (input, init) => fetch(input, { ...init, signal: AbortSignal.timeout(timeoutMs) }),
    }),
  );
