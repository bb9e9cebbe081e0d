import {
  CLOSE_TIMEOUT_MS,
  DRAIN_TIMEOUT_MS,
  FINALISE_TIMEOUT_MS,
  FLUSH_TIMEOUT_MS,
  READ_TIMEOUT_MS,
  ROLL_UP_TIMEOUT_MS,
  SEAL_TIMEOUT_MS,
} from "../../core/limits.ts";
import type { Tallies } from "../../ports/tallies.ts";
import { demandWithin, type Timers } from "../../ports/timers.ts";
import type { TallyRpc } from "../../protocol/object-rpc.ts";
import type { Stubs } from "./stubs.ts";

export const objectTallies = (stubs: Stubs<TallyRpc>, timers: Timers): Tallies => {
  const ask = <T>(shard: number, ms: number, call: (tally: TallyRpc) => Promise<T>): Promise<T> => {
    const name = `tally:${shard}`;
    return demandWithin(call(stubs.getByName(name)), ms, name, timers);
  };
  return {
    append: (shard, chunk) => ask(shard, DRAIN_TIMEOUT_MS, (tally) => tally.append(chunk)),
    counts: (shard, contents) => ask(shard, READ_TIMEOUT_MS, (tally) => tally.counts(contents)),
    flush: (shard) => ask(shard, FLUSH_TIMEOUT_MS, (tally) => tally.flush()),
    close: (shard, before) => ask(shard, CLOSE_TIMEOUT_MS, (tally) => tally.close(before)),
    status: (shard) => ask(shard, READ_TIMEOUT_MS, (tally) => tally.status()),
    hours: (shard) => ask(shard, READ_TIMEOUT_MS, (tally) => tally.hours()),
    seal: (shard, hour, run) => ask(shard, SEAL_TIMEOUT_MS, (tally) => tally.seal(hour, run)),
    finalise: (shard, request) =>
      ask(shard, FINALISE_TIMEOUT_MS, (tally) => tally.finalise(request)),
    leave: (shard, hour, run, through) =>
      ask(shard, FINALISE_TIMEOUT_MS, (tally) => tally.leave(hour, run, through)),
    rollUp: (shard) => ask(shard, ROLL_UP_TIMEOUT_MS, (tally) => tally.rollUp()),
    setStart: (shard, content, views) =>
      ask(shard, READ_TIMEOUT_MS, (tally) => tally.setStart(content, views)),
    standing: (shard, content) => ask(shard, READ_TIMEOUT_MS, (tally) => tally.standing(content)),
    restate: (shard, content, views) =>
      ask(shard, READ_TIMEOUT_MS, (tally) => tally.restate(content, views)),
    traceView: (shard, query) => ask(shard, READ_TIMEOUT_MS, (tally) => tally.traceView(query)),
    reflush: (shard) => ask(shard, READ_TIMEOUT_MS, (tally) => tally.reflush()),
  };
};
