import type { Keyring } from "./app/access/keyring.ts";
import type { KeysDeps } from "./app/access/keys.ts";
import type { Unsigned } from "./app/audit.ts";
import type { ArriveDeps } from "./app/live/arrive.ts";
import type { DeleteUserDeps } from "./app/live/delete-user.ts";
import type { FlushStreamsDeps } from "./app/live/flush-streams.ts";
import type { PutRegistryDeps } from "./app/live/put-registry.ts";
import type { HistoryReader } from "./app/live/read-history.ts";
import type { RankingsReader } from "./app/live/read-rankings.ts";
import type { StreamReader } from "./app/live/read-stream.ts";
import type { ReconcileDeps } from "./app/live/reconcile.ts";
import type { StartStreamDeps } from "./app/live/start-stream.ts";
import type { NoteOrderDeps } from "./app/note-order.ts";
import type { RepeatDeps } from "./app/repeats.ts";
import type { StatusDeps } from "./app/status.ts";
import type { UpkeepDeps } from "./app/upkeep.ts";
import type { CloseDeps } from "./app/views/close.ts";
import type { ConfirmDeps } from "./app/views/confirm.ts";
import type { CorrectDeps } from "./app/views/correct.ts";
import type { ExclusionDeps } from "./app/views/exclusions.ts";
import type { FlushDeps } from "./app/views/flush.ts";
import type { MintDeps } from "./app/views/mint.ts";
import type { RegistryDeps } from "./app/views/put-content.ts";
import type { RankViewsDeps } from "./app/views/rank-views.ts";
import type { CountReader } from "./app/views/read-counts.ts";
import type { RegionsReader } from "./app/views/read-regions.ts";
import type { StatsReader } from "./app/views/read-stats.ts";
import type { ViewRankingsReader } from "./app/views/read-view-rankings.ts";
import type { RebuildDeps } from "./app/views/rebuild.ts";
import type { ReceiptDeps } from "./app/views/receipt.ts";
import type { RestateDeps } from "./app/views/restate.ts";
import type { SuspicionDeps } from "./app/views/suspicions.ts";
import type { TakeEventsDeps } from "./app/views/take-events.ts";
import type { ContentId } from "./core/ids.ts";
import type { ReportingCalendar } from "./core/views/reporting-day.ts";
import type { ShardSchedule } from "./core/views/shards.ts";
import type { ConfigProblem } from "./env.ts";
import type { AuditTables } from "./ports/audit-tables.ts";
import type { Backends } from "./ports/backends.ts";
import type { Clock } from "./ports/clock.ts";
import type { CorrectionTables } from "./ports/correction-tables.ts";
import type { Page } from "./ports/database.ts";
import type { Log } from "./ports/log.ts";
import type { Rooms } from "./ports/rooms.ts";
import type { Salts } from "./ports/salts.ts";
import type { Tallies } from "./ports/tallies.ts";

/** What routes and crons work with. */
export interface Services {
  readonly log: Log;
  readonly clock: Clock;
  readonly backends: Backends;
  readonly salts: Salts;
  readonly tallies: Tallies;
  readonly schedule: ShardSchedule;
  readonly calendar: ReportingCalendar;
  /** `undefined` is all of them. */
  readonly allowedOrigins: ReadonlySet<string> | undefined;
  readonly mint: MintDeps;
  readonly confirm: ConfirmDeps;
  readonly receipts: ReceiptDeps;
  /** Of a site's back end, and of the past. */
  readonly events: TakeEventsDeps;
  readonly replay: TakeEventsDeps;
  readonly counts: CountReader;
  readonly stats: StatsReader;
  readonly regions: RegionsReader;
  readonly histories: HistoryReader;
  /** Absent where only operators introduce contents. */
  readonly introduce: ((content: ContentId, page: Page) => Promise<void>) | undefined;
  readonly keyring: Keyring;
  readonly keys: Unsigned<KeysDeps>;
  /** For requests with an idempotency key. */
  readonly repeats: RepeatDeps;
  readonly orders: Unsigned<NoteOrderDeps>;
  readonly audit: Pick<AuditTables, "list">;
  readonly flush: FlushDeps;
  readonly flushStreams: FlushStreamsDeps;
  readonly rankViews: RankViewsDeps;
  readonly correct: CorrectDeps;
  readonly corrections: Pick<CorrectionTables, "list">;
  readonly exclusions: Unsigned<ExclusionDeps>;
  readonly suspicions: Unsigned<SuspicionDeps>;
  readonly rebuild: RebuildDeps;
  readonly close: CloseDeps;
  readonly upkeep: UpkeepDeps;
  readonly registry: Unsigned<RegistryDeps>;
  readonly restate: Unsigned<RestateDeps>;
  readonly putRegistry: Unsigned<PutRegistryDeps>;
  readonly deleteUser: Unsigned<DeleteUserDeps>;
  readonly startStream: Unsigned<StartStreamDeps>;
  readonly streams: StreamReader;
  readonly rankings: RankingsReader;
  readonly viewRankings: ViewRankingsReader;
  readonly status: StatusDeps;
  readonly arrive: ArriveDeps;
  readonly rooms: Rooms;
  readonly reconcile: ReconcileDeps;
}

/** Ready, or the list of what an operator has to mend first. */
export type Composed =
  | { readonly status: "ready"; readonly services: Services }
  | { readonly status: "refused"; readonly problems: readonly ConfigProblem[] };
