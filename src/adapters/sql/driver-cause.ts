import { DrizzleQueryError } from "drizzle-orm";

/** What the driver threw: Drizzle puts the whole statement and all its values into a message around it. */
export const driverCause = (cause: unknown): unknown =>
  cause instanceof DrizzleQueryError ? driverCause(cause.cause) : cause;
