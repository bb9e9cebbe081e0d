import { READ_MODEL_SETTLE_MS, READ_MODEL_TIMEOUT_MS } from "../core/limits.ts";
import { NotWholeYetError, type ReadModel, ReadModelError } from "../ports/read-model.ts";
import { RestingError } from "../ports/resting.ts";
import { TimeoutError } from "../ports/timers.ts";
import { type GuardDeps, guarded, type Policy } from "./guarded.ts";

/** Left alone when it fails; nothing is tried twice, since who is told of it at once asks the objects. All that comes out is a `ReadModelError`. */
export const guardedReadModel = (model: ReadModel, deps: GuardDeps): ReadModel =>
  guarded(model, POLICY, deps);

const POLICY: Policy = {
  port: "read-model",
  timeoutMs: READ_MODEL_TIMEOUT_MS,
  tries: { attempts: 1, minPauseMs: 0, maxPauseMs: 0 },
  // Until those who publish have told it what happened meanwhile, its numbers are from before.
  settleMs: READ_MODEL_SETTLE_MS,
  explain: (cause, what) => ({
    error: asReadModelError(cause, what),
    mayPass: false,
    fault: cause instanceof NotWholeYetError ? "caller" : "backend",
  }),
};

const asReadModelError = (cause: unknown, what: string): ReadModelError => {
  if (cause instanceof ReadModelError) return cause;
  if (cause instanceof TimeoutError) return new ReadModelError(cause.message);
  if (cause instanceof RestingError) {
    return new ReadModelError(`${what}: ${cause.message}`, { cause });
  }
  // Not its message: a client's may hold the whole command.
  const name = cause instanceof Error ? cause.name : typeof cause;
  return new ReadModelError(`${what}: ${name}`);
};
