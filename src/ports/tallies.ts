import type { ContentId } from "../core/ids.ts";
import type { Chunk } from "../protocol/chunk.ts";
import type {
  CorrectableHour,
  FinaliseAnswer,
  FinaliseRequest,
  SealAnswer,
} from "../protocol/correction-rpc.ts";
import type {
  AppendAnswer,
  CloseAnswer,
  CountsAnswer,
  FlushAnswer,
  RestoringStatus,
  Standing,
  TallyStatus,
  TraceAnswer,
  TraceQuery,
} from "../protocol/object-rpc.ts";

/** The Tallies by shard. Every call throws when the object fails or does not answer in time, and is safe to repeat. */
export interface Tallies {
  append(shard: number, chunk: Chunk): Promise<AppendAnswer>;
  counts(shard: number, contents: readonly ContentId[]): Promise<CountsAnswer>;
  /** Saves what is not saved yet (the safety net under an alarm the platform gave up) and brings it to the database. */
  flush(shard: number): Promise<FlushAnswer>;
  /**
   * Moves the cells of hours before `before` into closed values, and these to the database.
   * @param before ms; the Tally closes nothing younger than raw retention
   */
  close(shard: number, before: number): Promise<CloseAnswer>;
  status(shard: number): Promise<TallyStatus | RestoringStatus>;
  /** @see TallyCorrectionRpc */
  hours(shard: number): Promise<readonly CorrectableHour[]>;
  seal(shard: number, hour: number, run: number): Promise<SealAnswer>;
  finalise(shard: number, request: FinaliseRequest): Promise<FinaliseAnswer>;
  leave(shard: number, hour: number, run: number, through: number): Promise<void>;
  rollUp(shard: number): Promise<{ readonly rows: number }>;
  /** Gives a content views it brings along from elsewhere: the value itself, not an addition. */
  setStart(shard: number, content: ContentId, views: number): Promise<void>;
  standing(shard: number, content: ContentId): Promise<Standing>;
  /**
   * Brings what a shard publishes of a content to a value, also down.
   * @param views absent: the truth as it is known
   * @returns how it stands then
   */
  restate(shard: number, content: ContentId, views: number | undefined): Promise<Standing>;
  /** Where an event of the shard is, and where its hour. */
  traceView(shard: number, query: TraceQuery): Promise<TraceAnswer>;
  /** Has the next flush, and the next rolling up, send everything anew: the database has lost some of it. */
  reflush(shard: number): Promise<void>;
}
