import type { Hash64 } from "../../core/hash.ts";
import type { SuspectMode } from "../../core/suspicion/held.ts";
import { isHolding, isOver, type OpenSuspicion } from "../../core/suspicion/open-suspicion.ts";
import type { ViewEvent } from "../../core/views/view-event.ts";
import type { Clock } from "../../ports/clock.ts";
import { hashOfHex } from "../../protocol/hex.ts";

interface Holding {
  readonly open: OpenSuspicion;
  /** Of a visitor or a network. */
  readonly key: Hash64 | undefined;
}

/** Which events are held while suspicions go on: asked of each event, so by content first. */
export class HeldEvents {
  readonly #mode: SuspectMode;
  /** By content; under the empty name those over contents. */
  #byContent: ReadonlyMap<string, readonly Holding[]> = new Map();

  constructor(mode: SuspectMode) {
    this.#mode = mode;
  }

  set(open: Iterable<OpenSuspicion>): void {
    if (this.#mode === "count") return;
    const byContent = new Map<string, Holding[]>();
    for (const one of open) {
      if (!isHolding(one)) continue;
      const same = byContent.get(one.content) ?? [];
      same.push({ open: one, key: hashOfHex(one.culprit.value) });
      byContent.set(one.content, same);
    }
    this.#byContent = byContent;
  }

  has(event: ViewEvent, clock: Clock): boolean {
    if (this.#byContent.size === 0) return false;
    const on = (content: string) => this.#byContent.get(content) ?? NONE;
    const named = [...on(event.content), ...on("")].filter((holding) => isNamed(holding, event));
    return named.length > 0 && named.some(({ open }) => !isOver(open, clock.now()));
  }
}

const NONE: readonly Holding[] = [];

const isNamed = ({ open, key }: Holding, event: ViewEvent): boolean => {
  const { kind, value } = open.culprit;
  if (kind === "browser") return event.browser === value;
  if (kind === "network") return isSame(key, event.network);
  return isSame(key, event.visitor) || isSame(key, event.previousVisitor);
};

const isSame = (a: Hash64 | undefined, b: Hash64 | undefined): boolean =>
  a !== undefined && b !== undefined && a.hi === b.hi && a.lo === b.lo;
