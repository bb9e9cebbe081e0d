import { UsageError } from "../dev/run/flags.ts";

/** @throws UsageError for what `parse` does not know */
export const strictly = <Parsed>(parse: () => Parsed): Parsed => {
  try {
    return parse();
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : `${cause}`);
  }
};
