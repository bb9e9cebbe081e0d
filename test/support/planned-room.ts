import { streamId } from "../../src/core/ids.ts";
import {
  type Eviction,
  heardBy,
  SIGN_EVERY_MS,
  type StreamPlan,
  type Visit,
} from "./live-day-plan.ts";
import { FakeSocket, RoomHarness, type RoomHarnessOptions } from "./room-harness.ts";

/** What somebody does to a room, other than its alarm. */
export type Act = (room: PlannedRoom, now: number) => Promise<void> | void;

/** In no order. */
export const actsOf = (plan: StreamPlan): readonly { readonly at: number; readonly act: Act }[] => [
  ...plan.spans.flatMap(({ from, to }) => [
    { at: from, act: (room: PlannedRoom, now: number) => room.open(now) },
    { at: to, act: (room: PlannedRoom, now: number) => room.end(now) },
  ]),
  ...plan.evictions.map((eviction) => ({
    at: eviction.at,
    act: (room: PlannedRoom) => room.evict(eviction),
  })),
  ...plan.visits.flatMap(actsOfVisit),
];

const actsOfVisit = (visit: Visit): readonly { readonly at: number; readonly act: Act }[] => {
  const { way, from, to, ends } = visit;
  if (way === "socket") {
    const come = { at: from, act: (room: PlannedRoom, now: number) => room.come(visit, now) };
    const leave = { at: to, act: (room: PlannedRoom, now: number) => room.leave(visit, now) };
    return ends === "close" ? [come, leave] : [come];
  }
  const signs = Math.floor((to - from) / SIGN_EVERY_MS) + 1;
  return Array.from({ length: signs }, (_, sign) => ({
    at: from + sign * SIGN_EVERY_MS,
    act: (room: PlannedRoom, now: number) => room.heartbeat(visit, now),
  }));
};

/** Pings as its visit says, which nobody is woken for, and listens to nothing. */
class PingingSocket extends FakeSocket {
  readonly #visit: Visit;
  readonly #now: () => number;

  constructor(visit: Visit, now: () => number) {
    super();
    this.#visit = visit;
    this.#now = now;
  }

  override pingedAt(): number {
    return heardBy(this.#visit, this.#now());
  }

  override send(): void {}
}

/** One stream's room, which sleeps between evictions and whatever comes next. */
export class PlannedRoom {
  readonly plan: StreamPlan;
  /** By the time of the drop: the last sign of life the room had noted then, ms. */
  readonly aliveAtDrop = new Map<number, number>();
  readonly #harness: RoomHarness;
  readonly #sockets = new Map<Visit, FakeSocket>();
  #asleep = false;

  constructor(
    plan: StreamPlan,
    options: Omit<RoomHarnessOptions, "start">,
    list: RoomHarness["list"],
  ) {
    const stream = streamId(plan.stream);
    if (stream === undefined) throw new Error(`"${plan.stream}" is no stream id`);
    const { broadcaster, category } = plan;
    this.plan = plan;
    this.#harness = new RoomHarness({ start: { stream, broadcaster, category }, ...options });
    this.#harness.list = list;
  }

  get alarm(): number | undefined {
    return this.#harness.disk.alarm;
  }

  get problems(): readonly string[] {
    return this.#harness.problems;
  }

  viewers(now: number): number {
    return this.#awake(now).numbers().viewers;
  }

  ring(now: number): void {
    this.#awake(now).ring();
  }

  open(now: number): void {
    this.#awake(now).open();
  }

  end(now: number): void {
    this.#awake(now).room.end();
  }

  async come(visit: Visit, now: number): Promise<void> {
    const harness = this.#awake(now);
    const socket = new PingingSocket(visit, () => harness.now);
    this.#sockets.set(visit, socket);
    await harness.connect(visit, socket);
  }

  leave(visit: Visit, now: number): void {
    const socket = this.#sockets.get(visit);
    this.#sockets.delete(visit);
    if (socket !== undefined) this.#awake(now).leave(socket);
  }

  async heartbeat(visit: Visit, now: number): Promise<void> {
    await this.#awake(now).heartbeat(visit);
  }

  evict({ at, sockets }: Eviction): void {
    this.#asleep = true;
    if (sockets === "hibernate") return;
    this.#harness.sockets = [];
    this.aliveAtDrop.set(at, this.#aliveAt());
  }

  #awake(now: number): RoomHarness {
    this.#harness.now = now;
    if (this.#asleep) this.#harness.evict();
    this.#asleep = false;
    return this.#harness;
  }

  #aliveAt(): number {
    const [row] = this.#harness.disk.read("SELECT value FROM meta WHERE name = 'alive_at'");
    return Number(row?.value);
  }
}
