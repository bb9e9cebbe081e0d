/** Every number the system turns on, with its unit in its name and its reason beside it. */

const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** A view is confirmed after this much visible time on the page. */
export const DWELL_MS = 3 * SECOND_MS;

/** Life of a view token: long enough for a phone to come back, short enough that the fold's horizon stays near. */
export const TOKEN_LIFE_MS = 10 * MINUTE_MS;

/** Two counted views of one visitor and content are at least this far apart; exactly this far counts. */
export const DEDUPE_WINDOW_MS = MINUTE_MS;

/**
 * How far back the fold can judge: the token's life, the longest drain back-off and a wide margin for a
 * Collector that was down. What is older is `late` and left to correction.
 */
export const HORIZON_MS = 20 * MINUTE_MS;

/** The acknowledgement's deadline: the mission's 10 ms less the way through the Worker. */
export const ACK_DEADLINE_MS = 8;

/** Upper bound of `?wait=` and `Prefer: wait=`, in seconds: longer than any healthy commit, shorter than any client's patience. */
export const MAX_WAIT_SECONDS = 10;

/** A call to a Collector that takes longer than this is given up; its event may be in, which a repeat does not mind. */
export const COLLECT_TIMEOUT_MS = 5 * SECOND_MS;

/** Nobody joins a group older than this: its carrier, which should have sent it at once, is dead or stuck. */
export const GROUP_MAX_AGE_MS = 250;

/** Bytes of events in one group: a Collector row, which is cut between groups, stays below `ROW_MAX_BYTES`. */
export const GROUP_MAX_BYTES = 128 * 1024;

/** Collectors of one colo, so that the set of objects is bounded. */
export const COLLECTORS_PER_COLO = 8;

/** How long an isolate stays away from a Collector that said overloaded. */
export const OVERLOAD_REST_MS = 30 * SECOND_MS;

/** One row of a Collector's log. SQLite's own limit is 2 MB; small rows drain and trim in small steps. */
export const ROW_MAX_BYTES = 256 * 1024;

/** One chunk on its way to a Tally; with its verdicts it is one row there, and SQLite's limit is 2 MB. */
export const CHUNK_MAX_BYTES = 1024 * 1024;

/** Rows read for one chunk: bounds the scan when few of a row's events belong to the shard. */
export const CHUNK_MAX_ROWS = 2_000;

/** Log a Collector keeps before it says overloaded: hours of a busy colo, far below the object's 10 GB. */
export const COLLECTOR_MAX_BYTES = 2 * 1024 * 1024 * 1024;

/** Uncommitted bytes a Collector takes in before it says overloaded: its memory is shared with other objects. */
export const COLLECTOR_MAX_PENDING_BYTES = 8 * 1024 * 1024;

/** Rows kept in a Collector's memory so that a drain in step reads no SQL. */
export const COLLECTOR_TAIL_MAX_BYTES = 8 * 1024 * 1024;

/** From a commit to the start of the drain: what arrives meanwhile rides along. */
export const DRAIN_DELAY_MS = 400;

/** Between two shards of one drain: a burst to all of them at once held up the acknowledgements behind it. */
export const DRAIN_PAUSE_MS = 5;

/** A Tally that does not answer within this time is tried again later. */
export const DRAIN_TIMEOUT_MS = 10 * SECOND_MS;

/** A drain that dies half way is taken up again after this. */
export const DRAIN_REARM_MS = 2 * SECOND_MS;

/** First and longest wait after a failed hand-over to a Tally. */
export const DRAIN_BACKOFF_MIN_MS = SECOND_MS;
export const DRAIN_BACKOFF_MAX_MS = 30 * SECOND_MS;

/** Bounds of what a Tally asks its sources to wait between chunks. */
export const PACE_MIN_MS = 500;
export const PACE_MAX_MS = 5 * SECOND_MS;

/** Appends a second a Tally can take with room to spare; it paces its sources to stay below. */
export const PACE_APPENDS_PER_SECOND = 100;

/**
 * From the first change to the checkpoint that saves it, at random in between so that Tallies do not write all at
 * once; the log makes good what is younger. At 3 s, checkpoints held up one acknowledgement in ten.
 */
export const CHECKPOINT_MIN_MS = 10 * SECOND_MS;
export const CHECKPOINT_MAX_MS = 20 * SECOND_MS;

/** Counted views a Tally's window holds exactly, 13 to 27 bytes each; minutes begun above it are approximate. */
export const WINDOW_EXACT_MAX_ENTRIES = 1_500_000;

/** Bits of one approximate minute, half a megabyte: with 7 hashes 1 % false positives at 437,000 counted views. */
export const WINDOW_APPROXIMATE_BITS = 1 << 22;

/** Cells a Tally keeps in memory between checkpoints, about 200 bytes each. */
export const LEDGER_MAX_CLEAN_ENTRIES = 50_000;

/** A salt is made this long before its day begins and kept this long after it began. */
export const SALT_LEAD_MS = HOUR_MS;
export const SALT_LIFE_MS = 72 * HOUR_MS;

/** A call to the Salts object that takes longer is given up. */
export const SALT_TIMEOUT_MS = 2 * SECOND_MS;

/** A read of counts from one Tally that takes longer is given up. */
export const READ_TIMEOUT_MS = 2 * SECOND_MS;

/**
 * For so long a number in memory outlives a smaller and older one of the read model or the database: two flushes, after
 * which these have what memory had, or less because an operator said so.
 */
export const LARGER_MEMO_MS = 10 * MINUTE_MS;

/** Contents an isolate remembers counts of. */
export const MEMO_MAX_ENTRIES = 10_000;

/** Tokens in one confirm. */
export const MAX_TOKENS = 50;

/** Contents in one read. */
export const MAX_CONTENTS = 100;

/** Body of a request with one event, and of one with many, in bytes. */
export const MAX_BODY_BYTES = 4 * 1024;
export const MAX_BATCH_BODY_BYTES = 32 * 1024;

/** Shards of one schedule entry: a read of a total asks them all when every content is spread. */
export const MAX_SHARDS = 1_024;

/** Tallies a cron speaks to at a time: a subrequest each, six connections being the platform's own limit. */
export const CRON_PARALLEL = 6;

/** A call to the database that takes longer is given up. */
export const DATABASE_TIMEOUT_MS = 10 * SECOND_MS;

/**
 * The same of rows by their keys, for who shows a number at once and gives up after `READ_TIMEOUT_MS`: the breaker has to
 * hear of a database that hangs before the request is over that asked it.
 */
export const DATABASE_READ_TIMEOUT_MS = 1_500;

/** One statement of it over HTTP: it ends before its call is given up. */
export const STATEMENT_TIMEOUT_MS = 8 * SECOND_MS;

/** The same of a change of tables, which copies rows where a catch-all has some. */
export const UPKEEP_TIMEOUT_MS = 60 * SECOND_MS;
export const UPKEEP_STATEMENT_TIMEOUT_MS = 55 * SECOND_MS;

/** Each call is tried this often, being safe to repeat; a lock that two writers fight for is free after a short pause. */
export const DATABASE_ATTEMPTS = 3;
export const DATABASE_RETRY_MIN_MS = 50;
export const DATABASE_RETRY_MAX_MS = 250;

/** A call to the raw log that takes longer is given up, and so is a read whose next piece does. */
export const RAW_LOG_TIMEOUT_MS = 10 * SECOND_MS;

/** The same of storing an object, some megabytes. */
export const RAW_LOG_PUT_TIMEOUT_MS = 30 * SECOND_MS;

/** Each call is tried this often, being safe to repeat; not the pieces of a read, which its reader begins anew. */
export const RAW_LOG_ATTEMPTS = 3;
export const RAW_LOG_RETRY_MIN_MS = 100;
export const RAW_LOG_RETRY_MAX_MS = 1_000;

/** Rows a Tally reads and writes in one step of a flush. */
export const FLUSH_BATCH_ROWS = 1_000;

/** Contents whose days are summed in one step: of each of a day's hours at most so many cells are read. */
export const ROLL_UP_CONTENTS = 1_000;

/** How long raw events are kept: an hour older than this can be corrected by nobody, and its cells are closed. */
export const RAW_RETENTION_MS = 90 * DAY_MS;

/**
 * Frames of one range of the archive, about 60,000 events. It is held in memory as a whole while it is written, once as
 * frames and once sorted: some 20 MB.
 */
export const ARCHIVE_RANGE_BYTES = 4 * 1024 * 1024;

/** An archiving that dies half way is taken up again after this. */
export const ARCHIVE_REARM_MS = 30 * SECOND_MS;

/** First and longest wait after an archiving that failed: each attempt reads and compresses the range anew. */
export const ARCHIVE_BACKOFF_MIN_MS = 5 * SECOND_MS;
export const ARCHIVE_BACKOFF_MAX_MS = 10 * MINUTE_MS;

/** Log entries deleted in one transaction, of up to 1 MB each, though mostly some 10 KB. */
export const TRIM_BATCH_ENTRIES = 200;

/** A correction run that settled nothing for so long holds up the trimming of the log no more; its next chunk is `stale`. */
export const SEAL_HOLDS_LOG_MS = 6 * HOUR_MS;

/** Cells a Tally closes in one transaction: tens of milliseconds in which it takes nothing in. */
export const CLOSE_BATCH_CELLS = 2_000;

/** Names of raw objects deleted in one call (as many as R2 takes), and calls of one Tally in one night. */
export const EXPIRE_BATCH_OBJECTS = 1_000;
export const EXPIRE_MAX_BATCHES = 20;

/** Rows, and index objects of the raw log, that a Tally whose storage was lost reads in one step. */
export const RESTORE_PAGE_ROWS = 1_000;
export const RESTORE_PAGE_OBJECTS = 50;
export const RESTORE_PARALLEL = 6;

/** Steps of one alarm, whose time is bounded; the next one goes on at once. */
export const RESTORE_STEPS_PER_ALARM = 200;

/** First and longest wait before a restore that failed is taken up again. */
export const RESTORE_BACKOFF_MIN_MS = 5 * SECOND_MS;
export const RESTORE_BACKOFF_MAX_MS = 10 * MINUTE_MS;

/** How often the Corrector of a Tally that waits for it is asked whether it still has its order. */
export const RESTORE_ASK_AGAIN_MS = 30 * SECOND_MS;

/** A closing takes weeks to catch up at most: cells this much older than the last one closed are closed. */
export const CLOSING_LAG_MS = 31 * DAY_MS;

/** Whole months of hourly counts and of viewer history that are kept, and whole days of sessions, besides the current one. */
export const ROWS_KEPT_MONTHS = 12;
export const SESSIONS_KEPT_DAYS = 30;

/** Partitions made ahead, beyond the current one: time for an operator to see that none are made any more. */
export const MONTHS_AHEAD = 3;
export const DAYS_AHEAD = 14;

/** A flush of one Tally that takes longer is given up; the next one goes on from where the last ended. */
export const FLUSH_TIMEOUT_MS = 120 * SECOND_MS;

/** Two flushes and what is closed between them; a Tally nobody waits for any more goes on, and the next night finds less to do. */
export const CLOSE_TIMEOUT_MS = 2 * FLUSH_TIMEOUT_MS;

/**
 * Rows deleted in one statement, where a partition cannot be dropped instead, and statements for one table in one
 * night: 15 million rows until the next month's are due.
 */
export const DELETE_BATCH_ROWS = 5_000;
export const DELETE_MAX_STATEMENTS = 100;

/** Runs of correction in one read. */
export const CORRECTIONS_MAX_RUNS = 500;
export const CORRECTIONS_DEFAULT_RUNS = 50;

/** How long an isolate believes that a content is, or is not, registered. */
export const REGISTERED_MEMO_MS = MINUTE_MS;
export const UNREGISTERED_MEMO_MS = 5 * SECOND_MS;

/** A socket silent for so long is asked for a sign of life: browsers slow the timers of hidden tabs, but not messages. */
export const LIVE_BEAT_AFTER_MS = 30 * SECOND_MS;

/** A connection silent for so long is out of the number: within a minute, with room for an alarm that is late. */
export const LIVE_SILENT_MS = 50 * SECOND_MS;

/** Sockets of one visitor in a stream; one more closes the oldest. */
export const SOCKETS_PER_VISITOR = 4;

/** A visitor who joined less than this ago is recent. */
export const LIVE_RECENT_MS = 2 * MINUTE_MS;

/** A live room tells the list of live streams at least this often; readers do not show what is older than a minute as live. */
export const LIVE_PUBLISH_MAX_MS = 20 * SECOND_MS;
export const LIVE_STALE_MS = MINUTE_MS;

/** Joins and leaves are on disk as open sessions within this. */
export const LIVE_SAVE_MS = SECOND_MS;

/** A stream's history has a sample of each window of so long, aligned in UTC, in which anybody watched. */
export const LIVE_WINDOW_MS = 5 * MINUTE_MS;

/** Samples a room tells the list at a time: an hour of them. While the database is away a room keeps the rest. */
export const LIVE_SAMPLES_PER_PUBLISH = 12;

/**
 * A room with something that is not in the database, and nothing else to say, asks the list again after this: longer
 * than from one flush of the list to the next, so that a room which ended is told so with one more publish.
 */
export const LIVE_CONFIRM_MS = 6 * MINUTE_MS;

/** From the end of a session to the first try to bring it to the database, together with those that end meanwhile. */
export const LIVE_SESSIONS_FLUSH_MS = 5 * MINUTE_MS;

/** Sessions in one call of the database; as soon as so many wait they are sent. */
export const LIVE_SESSIONS_PER_FLUSH = 1_000;

/**
 * While somebody is there a room counts its viewers once more this often, from what the platform and the disk have; what
 * it finds is wrong only if it still is after that: joins and leaves that were under way have arrived by then.
 */
export const RECONCILE_MS = MINUTE_MS;
export const RECONCILE_CONFIRM_MS = 10 * SECOND_MS;

/** A number that is held until it is right is held no longer. */
export const RECONCILE_HOLD_MS = MINUTE_MS;

/** Drift that is put right bit by bit: in so many parts, this far apart. */
export const RECONCILE_BATCHES = 10;
export const RECONCILE_BATCH_MS = SECOND_MS;

/** A smaller difference is no drift: in a small room one visitor would be a third. */
export const DRIFT_MIN_VIEWERS = 5;

/** Records of reconciliation that the status shows. */
export const STATUS_RECONCILIATIONS = 20;

/** A room's salt outlives its stream by this: until then a visitor who comes back is the same one. */
export const ROOM_SALT_LIFE_MS = 48 * HOUR_MS;

/** Life of a site's ticket to a private stream. */
export const TICKET_LIFE_MS = 2 * MINUTE_MS;

/**
 * From the first change to the list of live streams to the write that saves it. What is lost with the object's memory
 * before that is published again within `LIVE_PUBLISH_MAX_MS`.
 */
export const RANKINGS_SAVE_MS = 10 * SECOND_MS;

/** How long the list remembers a stream that tells it nothing any more, ended or not. */
export const RANKINGS_KEEP_MS = DAY_MS;

/** The list is put in order at most this often, however many rooms publish and readers ask: some 10 ms of 10,000 streams. */
export const RANKINGS_SORT_MS = SECOND_MS;

/** Streams in the list: 50 to 115 MB of memory, by how much is to be saved. Above it, those that were silent the longest go, saved ones first. */
export const RANKINGS_MAX_ENTRIES = 100_000;

/** Streams in one read of the list: as many as one statement can ask titles of. */
export const RANKING_MAX_STREAMS = 100;
export const RANKING_DEFAULT_STREAMS = 20;

/** How long an isolate answers with the list it has read. */
export const RANKING_MEMO_MS = SECOND_MS;

/** How long caches may keep the numbers of a stream: they change each second while it is live, and not after its end unless it begins anew. */
export const LIVE_MAX_AGE_SECONDS = 1;
export const ENDED_MAX_AGE_SECONDS = 10;

/**
 * After a period's end, the time until its number can be final: correction looks at an hour when it is over for 15 min,
 * and once an hour.
 */
export const STATS_SETTLE_MS = 75 * MINUTE_MS;

/** Reporting days whose views are summed from hours; older ones have their sum, made nightly and after correction. */
export const STATS_HOURLY_DAYS = 35;

/** Periods of one question: what one statement reads in a blink. The hours of 31 days and the windows of 7, one of them with 25 hours. */
export const STATS_MAX_PERIODS = {
  "5min": (7 * 24 + 1) * (HOUR_MS / LIVE_WINDOW_MS),
  hour: 31 * 24 + 1,
  day: 400,
  week: 260,
  month: 120,
} as const;

/** Periods where no beginning was asked for. */
export const STATS_DEFAULT_PERIODS = {
  "5min": 72,
  hour: 24,
  day: 30,
  week: 12,
  month: 12,
} as const;

/** Days of a range for which hours of the day are told. */
export const STATS_PROFILE_DAYS = 31;

/** Periods in one answer. */
export const STATS_DEFAULT_LIMIT = 100;
export const STATS_MAX_LIMIT = 1_000;

/** How long caches may keep statistics, s: with the present in it, with something provisional, all of it final. */
export const STATS_MAX_AGE_SECONDS = { current: 60, provisional: 300, final: 3_600 } as const;

/** Answers an isolate remembers for when the database is away, up to 200 KB each. */
export const STATS_MEMO_ENTRIES = 50;

/** Days of one question for regions: what is read grows with them, and not what is answered. */
export const REGIONS_MAX_DAYS = 366;

/** Answers an isolate remembers, up to 300 KB each where a content is viewed all over the world. */
export const REGIONS_MEMO_ENTRIES = 20;

/** An hour is corrected on its own account this long after its end: most of what is late has come by then. */
export const CORRECT_AFTER_MS = 15 * MINUTE_MS;

/**
 * Events a Corrector reads, folds or walks over before it takes a new alarm: a second or two of computing, where the
 * platform allows 30. Counted and not timed, since the clock stands still while an object computes.
 */
export const CORRECTION_EVENTS_PER_ALARM = 500_000;

/** Events whose counted views are in memory at a time, 14 bytes each, before they are put in the order of contents. */
export const CORRECTION_EVENTS_PER_SLICE = 250_000;

/** Events of one minute in one stored piece, 44 bytes each and their content ids: SQLite's limit is 2 MB. */
export const CORRECTION_PIECE_EVENTS = 15_000;

/** Bytes of a page of counted views: a walk over a day holds one of each slice of each hour. */
export const CORRECTION_PAGE_BYTES = 16 * 1024;

/** Part of what is carried from hour to hour in one row. */
export const CARRY_PART_BYTES = 1_500_000;

/** Contents in one `finalise`. */
export const FINALISE_MAX_CONTENTS = 2_000;

/** With so many rows of regions, a step of a correction has enough to write: some seconds' work for a database. */
export const CORRECTION_REGION_ROWS = 10_000;

/** A correction that dies half way is taken up again after this. */
export const CORRECTION_REARM_MS = MINUTE_MS;

/** First and longest wait after a step that failed. */
export const CORRECTION_BACKOFF_MIN_MS = 5 * SECOND_MS;
export const CORRECTION_BACKOFF_MAX_MS = 10 * MINUTE_MS;

/** Failures in a row, about an hour, after which an hour gives way to others and begins anew later. */
export const CORRECTION_MAX_FAILURES = 12;

/** How long an hour that was passed over waits for its next turn. */
export const CORRECTION_RETURN_MS = 10 * MINUTE_MS;

/** An hour that needs what another shard carries over asks again after this, and does without after that. */
export const CARRY_ASK_MS = MINUTE_MS;
export const CARRY_PATIENCE_MS = HOUR_MS;

/** Reporting days before today whose counted views a Corrector keeps; an older day is read anew as a whole. */
export const COUNTED_DAYS_KEPT = 3;

/** The Tally archives what is left of its log before it answers a seal. */
export const SEAL_TIMEOUT_MS = 5 * MINUTE_MS;

/** One chunk of a correction: a scan of the log above what was read. */
export const FINALISE_TIMEOUT_MS = 30 * SECOND_MS;

/** Daily sums of everything that changed since they were sent last. */
export const ROLL_UP_TIMEOUT_MS = 2 * MINUTE_MS;

/** Failures in a row after which a backend is left alone. */
export const BREAKER_FAILURES = 3;

/** First and longest rest before one may try it again. */
export const BREAKER_REST_MIN_MS = SECOND_MS;
export const BREAKER_REST_MAX_MS = 10 * SECOND_MS;

/** Objects of one kind that an isolate has a breaker for, some 200 bytes each. */
export const BREAKER_MAX_KEYS = 1_000;

/** Of objects that are left alone, so many are named to operators. */
export const BREAKERS_SHOWN = 20;

/**
 * A read of an object that was being moved or restarted is asked once more, after a pause up to this: it is up again
 * in some ten ms.
 */
export const OBJECT_READ_ATTEMPTS = 2;
export const OBJECT_RETRY_MIN_MS = 10;
export const OBJECT_RETRY_MAX_MS = 50;

/** A read of the read model that takes longer is given up: the objects behind it answer in some ten. */
export const READ_MODEL_TIMEOUT_MS = 500;

/** The same of a publish, which nobody waits for. */
export const PUBLISH_TIMEOUT_MS = 5 * SECOND_MS;

/** From a change of a content's number to its publishing: what changes meanwhile rides along. */
export const PUBLISH_WINDOW_MS = SECOND_MS;

/** Contents in one publish: some 150 KB. */
export const PUBLISH_MAX_COUNTS = 1_000;

/**
 * Contents whose numbers wait in a Tally's memory to be published, about 100 bytes each. More of them are forgotten, all
 * together, and found again by their versions.
 */
export const PUBLISH_MAX_WAITING = 100_000;

/** First and longest wait after a publish that failed. */
export const PUBLISH_BACKOFF_MIN_MS = SECOND_MS;
export const PUBLISH_BACKOFF_MAX_MS = 10 * SECOND_MS;

/** An object that dies with a publish on its way is woken after this: longer than the publish may take. */
export const PUBLISH_REARM_MS = 2 * PUBLISH_TIMEOUT_MS;

/** Publishes in a row before the next alarm: an invocation may call out so often only. */
export const PUBLISH_CALLS_PER_ALARM = 100;

/** How often a Tally that has nothing to publish looks whether the read model still has what it had. */
export const PUBLISH_PROBE_MS = 20 * SECOND_MS;

/** A Tally in which nothing was counted for so long looks no more: who misses a number asks it, and tells the read model. */
export const PUBLISH_PROBE_FOR_MS = HOUR_MS;

/** Contents of one shard that are published again when the read model has lost them, the youngest changes first. */
export const PUBLISH_AGAIN_MAX = 200_000;

/** Life of a content's number in the read model after it was last published: what nobody counts or reads goes. */
export const READ_MODEL_COUNT_LIFE_MS = 7 * DAY_MS;

/** The same of a stream's. */
export const READ_MODEL_STREAM_LIFE_MS = DAY_MS;

/** Streams of one list in the read model. */
export const READ_MODEL_LIST_MAX = 1_000;

/** After this a list begun anew, and a read model that was away, are whole: everybody has published by then. */
export const READ_MODEL_SETTLE_MS = 30 * SECOND_MS;

/** A reader of the database that has not the last flush so long after it lags. */
export const READER_LAG_MS = 30 * SECOND_MS;

/** How long what was found of a reader's lag is believed. */
export const READER_CHECK_MS = 10 * SECOND_MS;

/** A server of the database that does not tell its last runs in this time is not asked for more. */
export const READER_CHECK_TIMEOUT_MS = 2 * SECOND_MS;

/** Runs of a job that are compared: those of a quarter of an hour, and some by hand. */
export const READER_RUNS = 4;

/** Saved numbers of a live stream are shown up to this age: five minutes between two flushes, and what these take. */
export const SAVED_LIVE_MAX_AGE_MS = 6 * MINUTE_MS;

/** Rankings that an isolate remembers, of each kind: 100 entries with their titles are some 30 KB. */
export const RANKING_MEMO_LISTS = 500;

/** Contents in one read of a ranking of views where no limit was asked for. */
export const VIEW_RANKING_DEFAULT_CONTENTS = 20;

/** How long caches may keep a ranking of views: the last hour's is told anew as often. */
export const VIEW_RANKING_MAX_AGE_SECONDS = 5;

/** A ranking of views is told as stale for so long after what it is about: then nothing of the last hour is in it. */
export const VIEW_RANKING_OUTLIVED_MS = HOUR_MS;

/** The ranking of the last hour is told from the read model up to this age. */
export const REALTIME_MAX_AGE_MS = MINUTE_MS;

/** Life of a ranking in the read model after it was last published: of the last hour, and of a period. */
export const READ_MODEL_REALTIME_LIFE_MS = HOUR_MS;
export const READ_MODEL_PERIOD_LIFE_MS = DAY_MS;

/** Contents of one list of a ranking, and what may be asked for. */
export const RANKED_CONTENTS = 100;

/** How long the order of the last hour stands before it is made anew. */
export const VIEW_RANKINGS_MERGE_MS = SECOND_MS;

/** From a shard's telling to its saving: what the shards tell meanwhile rides along, and they tell every 5 s. */
export const VIEW_RANKINGS_SAVE_MS = 10 * SECOND_MS;

/**
 * Contents of all shards together that the object of rankings holds, some 200 bytes each. Every shard has an equal part of
 * them; up to 40 shards that is all that they may tell.
 */
export const VIEW_RANKINGS_MAX_CONTENTS = 200_000;

/** Two publishes of lists to the read model are at least this far apart. */
export const VIEW_RANKINGS_PUBLISH_MS = 2 * SECOND_MS;

/** Lists in one publish, the rest goes with the next: up to 8 KB each. */
export const VIEW_RANKINGS_MAX_LISTS = 1_000;

/**
 * What has not changed is published again after this, for a read model that lost it; that of the last hour sooner, since
 * readers do not believe one that is a minute old.
 */
export const VIEW_RANKINGS_AGAIN_MS = { realtime: 30 * SECOND_MS, period: MINUTE_MS } as const;

/** Nothing is published again when nobody told anything for so long: who misses a list asks the object. */
export const VIEW_RANKINGS_AGAIN_FOR_MS = HOUR_MS;

/**
 * Reporting days that rankings sum from hours: today, and yesterday, whose sum is made in the course of the night. There
 * are hours of all contents to read, of one content it may be many more days.
 */
export const RANKED_HOURLY_DAYS = 2;

/** Rows of all categories together in one list of the database: a query may tell 100,000. */
export const MOST_VIEWED_MAX_ROWS = 50_000;

/**
 * A sum over everything that was viewed in a period, and a statement of the two it takes: a million rows took 4 s on two
 * busy cores, and nobody waits for it.
 */
export const MOST_VIEWED_TIMEOUT_MS = 60 * SECOND_MS;
export const MOST_VIEWED_STATEMENT_TIMEOUT_MS = 29 * SECOND_MS;

/** How old the lists of a period may be when the job comes by; a flush comes every 5 minutes. */
export const RANK_EVERY_MS = {
  day: 5 * MINUTE_MS,
  week: 30 * MINUTE_MS,
  month: 30 * MINUTE_MS,
} as const;

/** The job comes a little sooner or later than it did the last time. */
export const RANK_SLACK_MS = MINUTE_MS;

/** How long after a change a Tally tells its slots, what changes meanwhile riding along, and how often at most. */
export const SLOTS_TELL_AFTER_MS = SECOND_MS;
export const SLOTS_TELL_EVERY_MS = 5 * SECOND_MS;

/** At a slot's end all Tallies have something to tell: each at a time of its own within this. */
export const SLOTS_TELL_JITTER_MS = 2 * SECOND_MS;

/** A Tally that dies with its slots on their way is woken after this: longer than categories and telling may take. */
export const SLOTS_REARM_MS = 10 * SECOND_MS;

/** Contents whose slots a Tally holds in memory, some 250 bytes each; those with the most views stay, all are stored. */
export const SLOTS_MAX_CONTENTS = 50_000;

/** A content's category is believed for so long in a Tally, and so is that it has none. */
export const CATEGORY_LIFE_MS = 5 * MINUTE_MS;

/** Contents whose categories a Tally asks the database for at a time, how long it waits, and rests when that fails. */
export const CATEGORY_ASK_MAX = 1_000;
export const CATEGORY_TIMEOUT_MS = 2 * SECOND_MS;
export const CATEGORY_REST_MS = 30 * SECOND_MS;

/** Receipts are told for so long: the keys that seal tokens have to be known as long. */
export const RECEIPT_LIFE_MS = 7 * DAY_MS;

/** What was confirmed in the last moment of a token's life is with its Tally after this: two of the longest back-offs. */
export const RECEIPT_SETTLE_MS = MINUTE_MS;

/** All the reading for one receipt that takes longer is given up: a busy hour has some hundred MB of raw log. */
export const RECEIPT_TIMEOUT_MS = 20 * SECOND_MS;

/** Hours a receipt looks back, beyond its own, along a chain of views less than 60 s apart; further back, what the Tally said stands. */
export const RECEIPT_HOURS_BACK = 3;

/** One visitor's views of one content that a receipt looks at, some 200 bytes each; beyond, what the Tally said stands. */
export const RECEIPT_MAX_VIEWS = 5_000;

/** Bytes of log that a Tally searches before others have their turn: some ten ms. */
export const TRACE_SLICE_BYTES = 4 * 1024 * 1024;

/** From the first to the last event of a chunk, clocks of isolates apart, the time they were accepted differs by less. */
export const TRACE_SLACK_MS = MINUTE_MS;

/** Decisions of operators that a run of correction names, each with what it did; the rest is told together. */
export const RECORDS_NAMED = 20;

/** Exclusions on one page for operators. */
export const EXCLUSIONS_DEFAULT_LIMIT = 50;
export const EXCLUSIONS_MAX_LIMIT = 500;

/** Exclusions that may have been made within one millisecond, and then stand on one page together. */
export const EXCLUSIONS_TOGETHER = 500;

/** Events, and counts brought along, in one body of a site's back end or of a replay. */
export const MAX_EVENTS = 500;
export const MAX_EVENTS_BODY_BYTES = 256 * 1024;

/**
 * How far the clock of a back end may be off, and how long it may keep an event: within the horizon of the fold, with
 * room for the way through a Collector, so that none of them is late.
 */
export const EVENT_MAX_AGE_MS = 15 * MINUTE_MS;
export const EVENT_MAX_AHEAD_MS = 5 * SECOND_MS;

/** A back end waits so long for its events to be on disk: two calls to a Collector may take it. */
export const EVENTS_WAIT_MS = 10 * SECOND_MS;

/** Contents of one body that are asked after at a time, where only registered ones are counted; and start values set. */
export const EVENTS_PARALLEL = 6;

/** Suspicions of one shard that go on at a time: more of them say that a rule is wrong, or that a whole site is under attack. */
export const SUSPICIONS_OPEN_MOST = 200;

/** First and longest wait after the database did not take a suspicion. */
export const SUSPICION_BACKOFF_MIN_MS = 5 * SECOND_MS;
export const SUSPICION_BACKOFF_MAX_MS = 10 * MINUTE_MS;

/** Suspicions in one read. */
export const SUSPICIONS_MAX = 200;
export const SUSPICIONS_DEFAULT = 50;

/** Keys of operators and back ends that there may be, revoked ones too: each is compared with whatever key comes. */
export const KEYS_MAX = 1_000;

/** For so long an isolate believes what it read of the keys: a revoked key opens nothing after it. */
export const KEYS_LIFE_MS = 30 * SECOND_MS;

/** Who comes with an unknown key may have a new one: so often an isolate looks again, whoever tries keys. */
export const KEYS_LOOK_AGAIN_MS = 5 * SECOND_MS;

/** While the database is away, the keys that were known last are good for this; then those of the deployment alone. */
export const KEYS_OUTAGE_MS = 10 * MINUTE_MS;

/** After a read of the keys that failed, the database is not asked for them again before this. */
export const KEYS_REST_MS = SECOND_MS;

/** For so long a request with an idempotency key is answered as it was the first time; clients try for minutes, people for hours. */
export const REPEATS_KEPT_MS = DAY_MS;

/** Who is at work on a request says so this often; without a sign of life for three times as long he has died. */
export const REPEAT_RENEW_MS = 20 * SECOND_MS;
export const REPEAT_DEAD_MS = 60 * SECOND_MS;

/** An answer that is kept; a row of D1 holds 2 MB, and no answer of an operator's is near it. */
export const REPEAT_MAX_ANSWER_BYTES = 1024 * 1024;

/** An order does not wait longer for its audit entry: it is given while the database is away, too. */
export const ORDER_AUDIT_TIMEOUT_MS = 2 * SECOND_MS;

/** Audit entries in one read. */
export const AUDIT_DEFAULT_LIMIT = 50;
export const AUDIT_MAX_LIMIT = 500;

/** Audit entries of one millisecond, which stand on one page together: an import writes 500. */
export const AUDIT_TOGETHER = 1_000;

/** How long a visitor, or a content nobody counted before, has one of its network's places. */
export const CAP_LIFE_MS = HOUR_MS;

/**
 * So many of a network an isolate lets in without asking anybody: nearly all households stay below, and cost no call.
 * They come off what is asked of the network's object, so that one isolate holds the cap exactly.
 */
export const CAP_FREE = 8;

/** Objects of one colo that keep the caps of its networks, so that their set is bounded. */
export const CAPS_PER_COLO = 4;

/** An object of caps that does not answer within this time lets everybody in: a view is opened before its page is read. */
export const CAPS_TIMEOUT_MS = 500;

/**
 * What is remembered of networks, in each isolate and in each object of caps, for visitors and for contents: a network
 * is some 500 bytes, a visitor some 60, a content up to 200.
 */
export const CAPS_MAX_NETWORKS = 10_000;
export const CAPS_ISOLATE_MAX_MEMBERS = 50_000;
export const CAPS_MAX_VISITORS = 500_000;
export const CAPS_MAX_CONTENTS = 100_000;

/**
 * Rooms of streams that ended so long before their salt should be gone are asked too when a user is deleted: an alarm
 * may be late, and a room may have heard of its end later than the registry.
 */
export const FORGET_SLACK_MS = 6 * HOUR_MS;

/** Streams of one page, and streams whose saved sessions are looked up in one call, when a user is deleted. */
export const FORGET_STREAMS_PER_PAGE = 500;
export const FORGET_STREAMS_PER_LOOK = 50;

/**
 * So long after it forgot a user a room looks once more whether the database has anything from before: a statement of
 * an instance that died meanwhile has arrived by then, or never will (`DATABASE_ATTEMPTS` of `DATABASE_TIMEOUT_MS`).
 */
export const FORGET_SETTLE_MS = MINUTE_MS;

/** A body that has not arrived in this time is refused: a phone in a tunnel needs less for 4 KB, and a page sends it anew. */
export const BODY_TIMEOUT_MS = 10 * SECOND_MS;

/** Characters of a user agent that are looked at; browsers send 80 to 300, and what is longer was written by a program. */
export const USER_AGENT_MAX_CHARS = 1_024;
