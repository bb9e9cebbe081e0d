/** Faults by script: what can go wrong between a client and its server, at the request a test names. */

/** What can happen to a request of either gateway. */
export type CommonFault =
  /** It waits, and then all is well. */
  | { readonly kind: "delay"; readonly ms: number }
  /** The connection is closed before anything is done. */
  | { readonly kind: "refuse" }
  /** Nothing is done, and this status answered: with the JSON of an error, or with a proxy's page. */
  | { readonly kind: "status"; readonly status: number; readonly body: "json" | "html" }
  /** It is done; half of the answer comes. */
  | { readonly kind: "cut" }
  /** It is done, and committed where it is no part of a transaction; no answer comes. */
  | { readonly kind: "apply-and-drop" }
  /** It is done, and then once more, as by something in between that sends it again; the second answer comes. */
  | { readonly kind: "twice" }
  /** The connection is closed at once, and it is done when `until` is fulfilled; never, if it is rejected. */
  | { readonly kind: "hold"; readonly until: Promise<unknown> };

/** `Request` is what a rule looks at, `Fault` what may come of it. */
export interface FaultRule<Request, Fault> {
  /** A pattern is looked for in the text of the request. */
  readonly when: RegExp | ((request: Request) => boolean);
  /** How often it applies; once unless it says so, `Infinity` for always. */
  readonly times?: number;
  readonly fault: Fault;
}

export interface Faults<Request, Fault> {
  /** Of several rules that match, the first added applies. */
  add(rule: FaultRule<Request, Fault>): void;
  /** Asked about every request that no rule applies to; `undefined` takes the last one away. */
  choose(chooser: ((request: Request) => Fault | undefined) | undefined): void;
  /** No rules and no chooser; what is held stays held. */
  clear(): void;
  /** Resolves when everything that was held, delayed or dropped, and could be done by now or is awaited, is done. */
  settled(): Promise<void>;
}

/** As a gateway sees them. */
export interface FaultScript<Request, Fault> extends Faults<Request, Fault> {
  next(request: Request): Fault | undefined;
  /** `task` goes on without a client. */
  detach(task: Promise<unknown>): void;
}

/** @param textOf what a pattern is looked for in */
export const createFaults = <Request, Fault>(
  textOf: (request: Request) => string,
): FaultScript<Request, Fault> => {
  let rules: { readonly rule: FaultRule<Request, Fault>; left: number }[] = [];
  let choose: ((request: Request) => Fault | undefined) | undefined;
  const detached = new Set<Promise<unknown>>();

  /** `search` heeds no `lastIndex`, so that a RegExp with `g` matches every time. */
  const matches = ({ when }: FaultRule<Request, Fault>, request: Request): boolean =>
    when instanceof RegExp ? textOf(request).search(when) !== -1 : when(request);

  return {
    add: (rule) => {
      rules.push({ rule, left: rule.times ?? 1 });
    },
    choose: (chooser) => {
      choose = chooser;
    },
    clear: () => {
      rules = [];
      choose = undefined;
    },
    settled: async () => {
      while (detached.size > 0) await Promise.all(detached);
    },
    next: (request) => {
      const found = rules.find(({ rule, left }) => left > 0 && matches(rule, request));
      if (found === undefined) return choose?.(request);
      found.left -= 1;
      return found.rule.fault;
    },
    detach: (task) => {
      const quiet: Promise<unknown> = task
        .catch(() => undefined)
        .finally(() => detached.delete(quiet));
      detached.add(quiet);
    },
  };
};
