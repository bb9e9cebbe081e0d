import type { Pass } from "../core/breaker.ts";
import type { Random } from "../ports/random.ts";
import { RestingError } from "../ports/resting.ts";
import { demandWithin, type Timers } from "../ports/timers.ts";
import type { Gate } from "./breakers.ts";
import { type Failure, repeated, type Tries } from "./repeated.ts";

export interface Explained extends Failure {
  /**
   * `backend`: it failed, or gave no answer; `overload`: it said that it cannot take more, and is neither asked again
   * nor by others; `caller`: it answered, and what was asked was wrong.
   */
  readonly fault: "backend" | "overload" | "caller";
}

export interface Policy {
  /** Of the port, in messages. */
  readonly port: string;
  /** Of one try, of every method or of each. */
  readonly timeoutMs: number | ((method: string) => number);
  readonly tries: Tries;
  /** How long nobody is told what a backend says that was left alone and is back. */
  readonly settleMs?: number | undefined;
  /**
   * What a failure means, and the error of the port's own kind for it.
   * @param cause the vendor's, a `TimeoutError`, or a `RestingError` when the backend was not asked; errors keep the last as their `cause`
   */
  explain(cause: unknown, what: string): Explained;
}

export interface GuardDeps {
  readonly timers: Timers;
  readonly random: Random;
  /** The backend's, or by the first argument the one's that is asked; without it no call is refused. */
  readonly gate?: Gate | ((key: unknown) => Gate) | undefined;
  /**
   * What becomes of calls while the backend is left alone: refused at once when absent. `try`: they are made all the
   * same, with all their tries, by whom nobody waits behind; their failures keep nobody away longer, their success
   * ends the rest for all.
   */
  readonly atRest?: "refuse" | "try" | undefined;
}

type Call = (...args: unknown[]) => Promise<unknown>;

/**
 * A port whose every call has a timeout, more tries where the policy says that a failure may pass, and a breaker in
 * front of its backend. A call with all its tries is one success or one failure to the breaker; while that is not
 * closed, nothing is tried twice.
 * @param port all its methods are async and safe to repeat as often as the policy says
 */
export const guarded = <Port extends object>(port: Port, policy: Policy, deps: GuardDeps): Port => {
  const known = new Map<string, Call>();
  return new Proxy(port, {
    get: (target, name) => {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== "function" || typeof name === "symbol") return method;
      let call = known.get(name);
      if (call === undefined) {
        call = guardedCall(method.bind(target), name, policy, deps);
        known.set(name, call);
      }
      return call;
    },
  });
};

const guardedCall = (call: Call, method: string, policy: Policy, deps: GuardDeps): Call => {
  const { port, tries } = policy;
  const what = `${port}.${method}`;
  const timeoutMs =
    typeof policy.timeoutMs === "function" ? policy.timeoutMs(method) : policy.timeoutMs;
  // A probe with all its tries.
  const probeMs = tries.attempts * (timeoutMs + tries.maxPauseMs);
  return async (...args) => {
    const gate = typeof deps.gate === "function" ? deps.gate(args[0]) : deps.gate;
    const pass = admitted(gate, what, probeMs, policy, deps);
    const last: { fault: Explained["fault"] } = { fault: "backend" };
    const failureOf = (cause: unknown): Failure => {
      const { error, mayPass, fault } = policy.explain(cause, what);
      last.fault = fault;
      const isResting = deps.atRest !== "try" && gate?.isClosed === false;
      return { error, mayPass: mayPass && fault !== "overload" && !isResting };
    };
    let answer: unknown;
    try {
      const attempt = () => demandWithin(call(...args), timeoutMs, what, deps.timers);
      answer = await repeated(attempt, failureOf, tries, deps);
      gate?.succeeded();
    } catch (error) {
      if (last.fault === "caller") gate?.succeeded();
      else gate?.failed(pass, last.fault === "overload");
      throw error;
    }
    // What brought it back, and what was asked before it went away, say no more than the others.
    demandSettled(gate, what, policy);
    return answer;
  };
};

/** @throws of the port's own kind when the backend is left alone */
const admitted = (
  gate: Gate | undefined,
  what: string,
  probeMs: number,
  policy: Policy,
  { atRest }: GuardDeps,
): Pass | undefined => {
  if (gate === undefined) return undefined;
  demandSettled(gate, what, policy);
  // It may take long, or be one of many: it is not the probe that others wait for.
  if (atRest === "try") return gate.pass;
  const pass = gate.admit(probeMs);
  if (pass === undefined) throw restingError(gate, what, policy);
  return pass;
};

/** @throws of the port's own kind when the backend is hardly back */
const demandSettled = (gate: Gate | undefined, what: string, policy: Policy): void => {
  if (gate?.isBackFor(policy.settleMs ?? 0)) throw restingError(gate, what, policy);
};

const restingError = ({ backend }: Gate, what: string, { explain }: Policy): Error =>
  explain(new RestingError(backend), what).error;
