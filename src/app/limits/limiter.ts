import { MAX_LIMIT_WINDOWS, WIDE_NETWORKS } from "../../core/limits.ts";
import { networkOf, wideNetworkOf } from "../../core/network.ts";
import {
  type Action,
  networkPolicy,
  type PolicyName,
  type Quotas,
  type VisitorAction,
} from "../../core/rate-policies.ts";
import { type Quota, SlidingWindow } from "../../core/sliding-window.ts";
import type { Clock } from "../../ports/clock.ts";
import type { RateLimit } from "../../ports/rate-limit.ts";
import { BoundedMap } from "../bounded-map.ts";

export interface LimiterDeps {
  /** `off`: everything is let through. */
  readonly quotas: Quotas | "off";
  readonly clock: Clock;
  /** What all isolates of a place count together, with the same numbers. */
  shared(policy: PolicyName): RateLimit;
  /** What the shared limits know somebody by: nobody outside can tell who it is. */
  hide(text: string): Promise<string>;
}

export interface Source {
  readonly address: string;
  /** It belongs to a network that rents out servers. */
  readonly hosting: boolean;
}

/** What was decided under one policy, as clients are told. */
export interface Ruling {
  readonly allowed: boolean;
  readonly policy: PolicyName;
  readonly quota: Quota;
  /** As far as this isolate knows. */
  readonly left: number;
  /** Ms until a place is free again; of a refusal by others, the whole window. */
  readonly freesMs: number;
}

/** Nothing is limited, and there is nothing to tell. */
export type Unlimited = undefined;

/** Whose page waits for an answer that should cost no call: others are asked only once much was seen here. */
const SELDOM_ASKED: ReadonlySet<Action> = new Set(["confirm", "heartbeat", "read"]);
/** Of the quota. */
const ASKED_FROM = 0.1;

/**
 * Who asks too often, found out as cheaply as can be: first by what this isolate itself has seen, which refuses a flood
 * without a call, then by the limit that all isolates of a place share. Who is refused is not counted, so that the
 * place named in the refusal is there. Addresses are in this memory alone, for a minute or two.
 */
export class Limiter {
  readonly #deps: LimiterDeps;
  readonly #windows = new BoundedMap<string, SlidingWindow>(MAX_LIMIT_WINDOWS);

  constructor(deps: LimiterDeps) {
    this.#deps = deps;
  }

  /**
   * One more request from a network. All of a /48 of IPv6, which one customer may have, are ten networks in an isolate;
   * what a network has too many of is not counted there, so that its neighbours have their part.
   */
  async network(action: Action, { address, hosting }: Source): Promise<Ruling | Unlimited> {
    const { quotas } = this.#deps;
    if (quotas === "off") return undefined;
    const policy = networkPolicy(action, hosting);
    const wide = wideNetworkOf(address);
    return this.#decide(action, policy, quotas[policy], networkOf(address), wide);
  }

  /** One more request of a visitor. @param who the same for one visitor, and of bounded length */
  async visitor(action: VisitorAction, who: string): Promise<Ruling | Unlimited> {
    const { quotas } = this.#deps;
    if (quotas === "off") return undefined;
    const policy = `${action}-visitor` as const;
    return this.#decide(action, policy, quotas[policy], who, undefined);
  }

  async #decide(
    action: Action,
    policy: PolicyName,
    quota: Quota,
    who: string,
    wide: string | undefined,
  ): Promise<Ruling> {
    const now = this.#deps.clock.now();
    const key = `${policy}\n${who}`;
    const windows = [this.#window(key, quota)];
    if (wide !== undefined) {
      const all = { ...quota, limit: quota.limit * WIDE_NETWORKS };
      windows.push(this.#window(`${policy}\n${wide}`, all));
    }
    const full = windows.find((window) => window.left(now) === 0);
    if (full !== undefined) return { ...REFUSED, policy, quota, freesMs: full.frees(now) };
    for (const window of windows) window.add(now);
    const [own] = windows;
    const left = own?.left(now) ?? 0;
    const isSeldom = SELDOM_ASKED.has(action) && quota.limit - left <= quota.limit * ASKED_FROM;
    if (isSeldom || (await this.#deps.shared(policy).allows(await this.#deps.hide(key)))) {
      return { allowed: true, policy, quota, left, freesMs: own?.frees(now) ?? 0 };
    }
    return { ...REFUSED, policy, quota, freesMs: quota.windowMs };
  }

  /** Put in anew each time: who was asked about last is forgotten last. */
  #window(key: string, quota: Quota): SlidingWindow {
    const window = this.#windows.get(key) ?? new SlidingWindow(quota);
    this.#windows.set(key, window);
    return window;
  }
}

const REFUSED = { allowed: false, left: 0 } as const;
