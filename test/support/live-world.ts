/** Does what a plan says: real rooms over disks, their real list, a clock that jumps from one thing to the next. */
import { rankingsStore } from "../../src/adapters/objects/rankings-store.ts";
import type { FlushTables } from "../../src/app/live/flush-list.ts";
import { flushStreams } from "../../src/app/live/flush-streams.ts";
import { LiveRankings } from "../../src/app/live/rankings.ts";
import { DueQueue } from "../../src/core/live/due-queue.ts";
import type { ReportingCalendar } from "../../src/core/views/reporting-day.ts";
import type { JobRun } from "../../src/ports/database.ts";
import type { ReadModelWriter } from "../../src/ports/read-model.ts";
import { settled } from "./hand-time.ts";
import { JobDesk } from "./jobs.ts";
import type { StreamPlan } from "./live-day-plan.ts";
import { ObjectDisk } from "./object-disk.ts";
import { type Act, actsOf, PlannedRoom } from "./planned-room.ts";
import type { RoomDatabase } from "./room-harness.ts";

export interface LiveWorldOptions {
  readonly plans: readonly StreamPlan[];
  readonly calendar: ReportingCalendar;
  /** Ms. */
  readonly from: number;
  readonly tables: FlushTables & RoomDatabase;
  /** Absent: the deployment has none. */
  readonly readModel?: Pick<ReadModelWriter, "publishStream">;
}

interface DueAct {
  readonly at: number;
  readonly room: PlannedRoom;
  readonly act: Act;
}

export class LiveWorld {
  readonly rooms: readonly PlannedRoom[];
  list: LiveRankings;
  readonly #listDisk = new ObjectDisk();
  readonly #acts: readonly DueAct[];
  readonly #alarms = new DueQueue<PlannedRoom>();
  readonly #tables: FlushTables;
  readonly #desk: JobDesk;
  #done = 0;
  #now: number;

  constructor({ plans, calendar, from, tables, readModel }: LiveWorldOptions) {
    this.#now = from;
    this.#tables = tables;
    this.#desk = new JobDesk(from);
    this.list = this.#wakeList();
    const list = {
      publish: async (...told: Parameters<LiveRankings["publish"]>) => this.list.publish(...told),
    };
    const options = { calendar, database: tables, now: from, readModel };
    this.rooms = plans.map((plan) => new PlannedRoom(plan, options, list));
    this.#acts = this.rooms
      .flatMap((room) => actsOf(room.plan).map(({ at, act }): DueAct => ({ at, room, act })))
      .sort((a, b) => a.at - b.at);
  }

  get now(): number {
    return this.#now;
  }

  /** Everything that is due by then has happened, and what follows from it. @param until ms */
  async pass(until: number): Promise<void> {
    for (;;) {
      const act = this.#acts[this.#done];
      const alarm = this.#nextAlarm();
      const listAlarm = this.#listDisk.alarm ?? Number.POSITIVE_INFINITY;
      const at = Math.min(
        act?.at ?? Number.POSITIVE_INFINITY,
        alarm?.at ?? Number.POSITIVE_INFINITY,
        listAlarm,
      );
      if (at > until) break;
      this.#now = Math.max(this.#now, at);
      if (listAlarm === at) {
        this.#listDisk.takeAlarm();
        this.list.alarm();
      } else if (alarm?.at === at) {
        await this.#touch(alarm.item, (room) => room.ring(this.#now));
      } else if (act !== undefined) {
        this.#done += 1;
        await this.#touch(act.room, (room) => act.act(room, this.#now));
      }
    }
    this.#now = until;
  }

  /** As the cron does it. */
  async flush(): Promise<JobRun> {
    this.#desk.now = this.#now;
    const rankings = { flush: () => this.list.flush() };
    return await flushStreams({ ...this.#desk, rankings, clock: this.#desk.clock });
  }

  /** Its next life knows what was saved. */
  evictList(): void {
    this.list = this.#wakeList();
  }

  async #touch(
    room: PlannedRoom,
    work: (room: PlannedRoom) => Promise<void> | void,
  ): Promise<void> {
    await work(room);
    await settled();
    const { alarm } = room;
    if (alarm !== undefined) this.#alarms.push(alarm, room);
  }

  /** Of several entries of one room, the one that is its alarm. */
  #nextAlarm() {
    for (let next = this.#alarms.first(); next !== undefined; next = this.#alarms.first()) {
      if (next.item.alarm === next.at) return next;
      this.#alarms.take(next.at);
    }
    return undefined;
  }

  #wakeList(): LiveRankings {
    this.#listDisk.flush();
    const store = rankingsStore(this.#listDisk.open(), () => undefined);
    return new LiveRankings({ store, tables: this.#tables, clock: { now: () => this.#now } });
  }
}
