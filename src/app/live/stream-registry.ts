import type { StreamId } from "../../core/ids.ts";
import type { Clock } from "../../ports/clock.ts";
import type { RegistryTables, Stream } from "../../ports/database.ts";

interface Deps {
  readonly streams: Pick<RegistryTables, "stream">;
  readonly clock: Clock;
}

/** Which streams there are. */
export class StreamRegistry {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** @throws when it cannot be known now */
  find(id: StreamId): Promise<Stream | undefined> {
    return this.#deps.streams.stream(id);
  }
}
