import { DurableObject } from "cloudflare:workers";
import type { Tally as TallyFold } from "../src/app/views/tally.ts";
import { composeTally } from "../src/compose.ts";
import type { ContentId } from "../src/core/ids.ts";
import type { UncheckedEnv } from "../src/env.ts";
import type { Chunk } from "../src/protocol/chunk.ts";
import type {
  CorrectableHour,
  FinaliseAnswer,
  FinaliseRequest,
  SealAnswer,
} from "../src/protocol/correction-rpc.ts";
import type {
  AppendAnswer,
  CloseAnswer,
  CountsAnswer,
  FlushAnswer,
  TallyRpc,
  TallyStatus,
} from "../src/protocol/object-rpc.ts";
import { objectContext } from "./object-context.ts";

/** Object `tally:<shard>`: see `src/app/views/tally.ts`. */
export class Tally extends DurableObject<UncheckedEnv> implements TallyRpc {
  readonly #tally: TallyFold;

  constructor(ctx: DurableObjectState, env: UncheckedEnv) {
    super(ctx, env);
    this.#tally = composeTally(objectContext(ctx), env);
  }

  async append(chunk: Chunk): Promise<AppendAnswer> {
    return this.#tally.append(chunk);
  }

  async counts(contents: readonly ContentId[]): Promise<CountsAnswer> {
    return this.#tally.counts(contents);
  }

  flush(): Promise<FlushAnswer> {
    return this.#tally.flush();
  }

  close(before: number): Promise<CloseAnswer> {
    return this.#tally.close(before);
  }

  async status(): Promise<TallyStatus> {
    return this.#tally.status();
  }

  async setStart(content: ContentId, views: number): Promise<void> {
    this.#tally.setStart(content, views);
  }

  async hours(): Promise<readonly CorrectableHour[]> {
    return this.#tally.correction.hours();
  }

  seal(hour: number, run: number): Promise<SealAnswer> {
    return this.#tally.correction.seal(hour, run);
  }

  async finalise(request: FinaliseRequest): Promise<FinaliseAnswer> {
    return this.#tally.correction.finalise(request);
  }

  async rollUp(): Promise<{ readonly rows: number }> {
    return { rows: 0 };
  }

  async leave(hour: number, run: number, through: number): Promise<void> {
    this.#tally.correction.leave(hour, run, through);
  }

  override alarm(): Promise<void> {
    return this.#tally.alarm();
  }
}
