import { DurableObject } from "cloudflare:workers";
import type { TallyDoor } from "../src/app/views/tally-door.ts";
import { composeTally } from "../src/compose-objects.ts";
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
  RestoringStatus,
  Standing,
  TallyRpc,
  TallyStatus,
  TraceAnswer,
  TraceQuery,
} from "../src/protocol/object-rpc.ts";
import { objectContext } from "./object-context.ts";

/** Object `tally:<shard>`: see `src/app/views/tally.ts`. */
export class Tally extends DurableObject<UncheckedEnv> implements TallyRpc {
  readonly #door: TallyDoor;

  constructor(ctx: DurableObjectState, env: UncheckedEnv) {
    super(ctx, env);
    this.#door = composeTally(objectContext(ctx), env);
  }

  async append(chunk: Chunk): Promise<AppendAnswer> {
    return (await this.#door.open()).append(chunk);
  }

  async counts(contents: readonly ContentId[]): Promise<CountsAnswer> {
    return (await this.#door.open()).counts(contents);
  }

  async flush(): Promise<FlushAnswer> {
    return (await this.#door.open()).flush();
  }

  async close(before: number): Promise<CloseAnswer> {
    return (await this.#door.open()).close(before);
  }

  async status(): Promise<TallyStatus | RestoringStatus> {
    return this.#door.status();
  }

  async setStart(content: ContentId, views: number): Promise<void> {
    (await this.#door.open()).setStart(content, views);
  }

  async standing(content: ContentId): Promise<Standing> {
    return (await this.#door.open()).standing(content);
  }

  async restate(content: ContentId, views: number | undefined): Promise<Standing> {
    return (await this.#door.open()).restate(content, views);
  }

  async traceView(query: TraceQuery): Promise<TraceAnswer> {
    return (await this.#door.open()).traceView(query);
  }

  async reflush(): Promise<void> {
    (await this.#door.open()).reflush();
  }

  rollUp(): Promise<{ readonly rows: number }> {
    return this.#door.corrected((tally) => tally.rollUp());
  }

  async hours(): Promise<readonly CorrectableHour[]> {
    return this.#door.corrected(({ correction }) => correction.hours());
  }

  seal(hour: number, run: number): Promise<SealAnswer> {
    return this.#door.corrected(({ correction }) => correction.seal(hour, run));
  }

  async finalise(request: FinaliseRequest): Promise<FinaliseAnswer> {
    return this.#door.corrected(({ correction }) => correction.finalise(request));
  }

  async leave(hour: number, run: number, through: number): Promise<void> {
    await this.#door.corrected(({ correction }) => correction.leave(hour, run, through));
  }

  override alarm(): Promise<void> {
    return this.#door.alarm();
  }
}
