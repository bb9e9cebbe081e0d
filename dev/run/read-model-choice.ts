/** From where a local service answers its readers. */
import type { Flags } from "./flags.ts";

export interface ReadModelChoice {
  /** As `READ_MODEL` says it. */
  readonly readModel: string | undefined;
  /** Of Upstash, or of a gateway; without both a private Redis is started. */
  readonly url: string | undefined;
  readonly token: string | undefined;
  readonly state: string;
}

/** A flag goes over the environment, and that over the files. @param variables of `wrangler.toml` and the secrets file */
export const readModelChoiceOf = (
  { state, readModel }: Pick<Flags, "state" | "readModel">,
  variables: Readonly<Record<string, string>>,
): ReadModelChoice => {
  const variable = (name: string): string | undefined => process.env[name] ?? variables[name];
  return {
    state,
    readModel: readModel ?? variables.READ_MODEL,
    url: variable("UPSTASH_REDIS_REST_URL"),
    token: variable("UPSTASH_REDIS_REST_TOKEN"),
  };
};
