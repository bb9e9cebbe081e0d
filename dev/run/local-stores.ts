/** All that a local service keeps its data in beside its objects: opened together, and ended together. */
import { choiceOf } from "./database-choice.ts";
import type { Flags } from "./flags.ts";
import { openLocalDatabase } from "./local-database.ts";
import { openLocalReadModel } from "./local-read-model.ts";
import type { LocalStore } from "./local-store.ts";
import { readModelChoiceOf } from "./read-model-choice.ts";

export interface LocalStores {
  /** What the Worker has to be told. */
  readonly variables: Readonly<Record<string, string>>;
  readonly database: string;
  readonly readModel: string;
  /** After the Worker's end, or where it came to none; once, however often it is called. */
  stop(): Promise<void>;
}

/**
 * @param variables of `wrangler.toml` and the secrets file
 * @throws Failure with what the user has to mend; what had been opened by then is ended
 */
export const openLocalStores = async (
  flags: Flags,
  variables: Readonly<Record<string, string>>,
): Promise<LocalStores> => {
  // The quicker one first.
  const readModel = await openLocalReadModel(readModelChoiceOf(flags, variables));
  let database: LocalStore;
  try {
    database = await openLocalDatabase(choiceOf(flags, variables));
  } catch (cause) {
    await readModel.stop();
    throw cause;
  }
  let stopping: Promise<unknown> | undefined;
  return {
    variables: { ...database.variables, ...readModel.variables },
    database: database.description,
    readModel: readModel.description,
    stop: async () => {
      stopping ??= Promise.allSettled([readModel.stop(), database.stop()]);
      await stopping;
    },
  };
};
