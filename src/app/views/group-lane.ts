import { COLLECT_TIMEOUT_MS, GROUP_MAX_AGE_MS, GROUP_MAX_BYTES } from "../../core/limits.ts";
import type { Clock } from "../../ports/clock.ts";
import { type Timers, within } from "../../ports/timers.ts";
import { concat } from "../../protocol/bytes.ts";

export type GroupOutcome = "committed" | "failed";

export interface LaneDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  /** Sends frames to a Collector of the colo. @throws when they may not be durable */
  send(colo: string, frames: Uint8Array): Promise<void>;
}

/** A request's place in a group. */
export interface Seat {
  /** The request must race it against a timer of its own: the group's carrier may die, and it may itself have no I/O pending. */
  readonly outcome: Promise<GroupOutcome>;
  /** For who waits no longer: a request that has answered must not be resolved into. */
  leave(): void;
  /** Present in the request that has to carry the group: its context does the sending, so it holds this with `waitUntil`. */
  readonly carry?: () => Promise<void>;
  /** The request answers without the outcome. What it sent goes on; its promise, soon one of a request that is over, is left alone. */
  leave(): void;
}

interface Group {
  readonly bornAt: number;
  readonly pieces: Uint8Array[];
  readonly seats: Set<PromiseWithResolvers<GroupOutcome>>;
  bytes: number;
  /** Sent, or taken over by a later group. */
  closed: boolean;
}

interface Call {
  readonly startedAt: number;
  /** Carriers that wait for the call to end, each with a promise of its own. */
  readonly waiting: PromiseWithResolvers<void>[];
}

/**
 * Groups the confirms of one isolate: at once when no call is in flight, else together behind the one that is.
 * Requests share nothing but plain memory. A carrier can die at any await (its client goes away, its time is up),
 * so a group that was not sent in time is taken over by the next request with everything in it, and a call that
 * does not end is no longer waited for; an event that so goes twice is a duplicate to the fold.
 */
export class GroupLane {
  readonly #deps: LaneDeps;
  #forming: Group | undefined;
  #inFlight: Call | undefined;

  constructor(deps: LaneDeps) {
    this.#deps = deps;
  }

  /** @param colo where the group goes if this request carries it */
  join(colo: string, frames: Uint8Array): Seat {
    const now = this.#deps.clock.now();
    const joined = this.#joinable(now, frames.length);
    const group = joined ?? this.#newGroup(now);
    const seat = Promise.withResolvers<GroupOutcome>();
    group.pieces.push(frames);
    group.bytes += frames.length;
    group.seats.add(seat);
    const taken = { outcome: seat.promise, leave: () => group.seats.delete(seat) };
    return joined === undefined ? { ...taken, carry: () => this.#carry(group, colo) } : taken;
  }

  #joinable(now: number, bytes: number): Group | undefined {
    const group = this.#forming;
    if (group === undefined || group.bytes + bytes > GROUP_MAX_BYTES) return undefined;
    return now - group.bornAt <= GROUP_MAX_AGE_MS ? group : undefined;
  }

  /** Takes over what a dead carrier left; a group that is merely full is left to its own. */
  #newGroup(now: number): Group {
    const left = this.#forming;
    const takesOver = left !== undefined && now - left.bornAt > GROUP_MAX_AGE_MS;
    const group: Group = takesOver
      ? { ...left, bornAt: now, closed: false }
      : { bornAt: now, pieces: [], seats: new Set(), bytes: 0, closed: false };
    if (takesOver) left.closed = true;
    this.#forming = group;
    return group;
  }

  async #carry(group: Group, colo: string): Promise<void> {
    // No await between the last look and the call, or two carriers that wait for one call both find the lane free.
    for (let call = this.#running(); call !== undefined; call = this.#running()) {
      await this.#untilOver(call);
    }
    if (group.closed) return;
    group.closed = true;
    if (this.#forming === group) this.#forming = undefined;
    const call: Call = { startedAt: this.#deps.clock.now(), waiting: [] };
    this.#inFlight = call;
    const outcome = await this.#deps.send(colo, concat(group.pieces)).then(
      (): GroupOutcome => "committed",
      (): GroupOutcome => "failed",
    );
    if (this.#inFlight === call) this.#inFlight = undefined;
    for (const { resolve } of call.waiting) resolve();
    for (const { resolve } of group.seats) resolve(outcome);
  }

  async #untilOver(call: Call): Promise<void> {
    const ended = Promise.withResolvers<void>();
    call.waiting.push(ended);
    const patience = call.startedAt + COLLECT_TIMEOUT_MS - this.#deps.clock.now();
    await within(ended.promise, patience, this.#deps.timers);
  }

  #running(): Call | undefined {
    const call = this.#inFlight;
    const lost =
      call !== undefined && this.#deps.clock.now() - call.startedAt >= COLLECT_TIMEOUT_MS;
    return lost ? undefined : call;
  }
}
