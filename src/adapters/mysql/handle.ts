import { Client } from "@planetscale/database";
import { drizzle, type PlanetScaleDatabase } from "drizzle-orm/planetscale-serverless";
import { STATEMENT_TIMEOUT_MS } from "../../core/limits.ts";

/** Drizzle over PlanetScale's HTTP protocol, and the driver under it. */
export type MySqlHandle = PlanetScaleDatabase & { readonly $client: Client };

/**
 * Nothing is connected before the first statement.
 * @param url `https://user:password@host`
 * @param timeoutMs of one statement
 */
export const mysqlHandle = (url: string, timeoutMs = STATEMENT_TIMEOUT_MS): MySqlHandle =>
  drizzle(
    new Client({
      url,
      fetch: (input, init) => fetch(input, { ...init, signal: AbortSignal.timeout(timeoutMs) }),
    }),
  );
