/** Faults by script: what can go wrong between a client and its database, at the statement a test names. */

export type FaultKind =
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
  /** Nothing is done, and the server's error answered: of 1213 a transaction is rolled back as by a real one. */
  | { readonly kind: "sql-error"; readonly errno: number; readonly message?: string }
  /** It is done, and then once more, as by something in between that sends it again; the second answer comes. */
  | { readonly kind: "twice" }
  /** The connection is closed at once, and it is done when `until` is fulfilled; never, if it is rejected. */
  | { readonly kind: "hold"; readonly until: Promise<unknown> };

export interface FaultRule {
  /** Looked at with the statement as it came, values and all. */
  readonly when: RegExp | ((sql: string) => boolean);
  /** How often it applies; once unless it says so, `Infinity` for always. */
  readonly times?: number;
  readonly fault: FaultKind;
}

export interface Faults {
  /** Of several rules that match, the first added applies. */
  add(rule: FaultRule): void;
  /** Asked about every statement that no rule applies to; `undefined` takes the last one away. */
  choose(chooser: ((sql: string) => FaultKind | undefined) | undefined): void;
  /** No rules and no chooser; what is held stays held. */
  clear(): void;
  /** Resolves when everything that was held, delayed or dropped, and could be done by now or is awaited, is done. */
  settled(): Promise<void>;
}

/** As the gateway sees them. */
export interface FaultScript extends Faults {
  next(sql: string): FaultKind | undefined;
  /** `task` goes on without a client. */
  detach(task: Promise<unknown>): void;
}

export const createFaults = (): FaultScript => {
  let rules: { readonly rule: FaultRule; left: number }[] = [];
  let choose: ((sql: string) => FaultKind | undefined) | undefined;
  const detached = new Set<Promise<unknown>>();

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
    next: (sql) => {
      const found = rules.find(({ rule, left }) => left > 0 && matches(rule, sql));
      if (found === undefined) return choose?.(sql);
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

/** `search` heeds no `lastIndex`, so that a RegExp with `g` matches every time. */
const matches = ({ when }: FaultRule, sql: string): boolean =>
  when instanceof RegExp ? sql.search(when) !== -1 : when(sql);
