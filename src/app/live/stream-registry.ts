import type { StreamId } from "../../core/ids.ts";
import { REGISTERED_MEMO_MS, UNREGISTERED_MEMO_MS } from "../../core/limits.ts";
import type { RegistryTables, Stream } from "../../ports/database.ts";
import { KnownRows, type KnownRowsDeps } from "../known-rows.ts";

export interface StreamRegistryDeps
  extends Pick<KnownRowsDeps<StreamId, Stream>, "clock" | "timers" | "log"> {
  readonly streams: Pick<RegistryTables, "findStreams">;
}

/** Which streams there are, as the isolate remembers it: only a registered id ever names an object. @see KnownRows */
export class StreamRegistry {
  readonly #rows: KnownRows<StreamId, Stream>;

  constructor({ streams, ...deps }: StreamRegistryDeps) {
    this.#rows = new KnownRows({ find: (ids) => streams.findStreams(ids), lifeMs, ...deps });
  }

  /** @throws when it cannot be known now */
  async find(id: StreamId): Promise<Stream | undefined> {
    const found = (await this.findAll([id])).get(id);
    if (found === undefined) throw new Error("the registry does not answer");
    return found.row;
  }

  /** @see KnownRows.findAll */
  findAll(ids: readonly StreamId[]) {
    return this.#rows.findAll(ids);
  }

  /** @see KnownRows.forget */
  forget(id: StreamId): void {
    this.#rows.forget(id);
  }
}

/** Only a live stream is believed for long, its room says when it ends: a planned one may begin at any moment. */
const lifeMs = (stream: Stream | undefined): number =>
  stream?.status === "live" ? REGISTERED_MEMO_MS : UNREGISTERED_MEMO_MS;
