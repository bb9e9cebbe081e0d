import { BROWSER_FAMILIES, type BrowserFamily } from "../views/view-event.ts";
import { LEARNING } from "./learning.ts";

/** Slots that have to have taught something. */
const KNOWN_FROM_SLOTS = 3;

const INDEX_OF = new Map(BROWSER_FAMILIES.map((family, index) => [family, index]));

/** Views by family of browsers in the slot under way, and what shares are usual. */
export class FamilyShares {
  readonly #counts = new Uint32Array(BROWSER_FAMILIES.length);
  readonly #usual = new Float64Array(BROWSER_FAMILIES.length);
  #slots = 0;

  /** Whether there is anything usual to speak of. */
  get isKnown(): boolean {
    return this.#slots >= KNOWN_FROM_SLOTS;
  }

  add(family: BrowserFamily): void {
    const index = INDEX_OF.get(family) ?? 0;
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
  }

  /** Views that are not to teach what is usual. */
  takeOff(other: FamilyShares): void {
    for (const [index, views] of other.#counts.entries()) {
      this.#counts[index] = Math.max(0, (this.#counts[index] ?? 0) - views);
    }
  }

  counts(): readonly (readonly [family: BrowserFamily, views: number])[] {
    return BROWSER_FAMILIES.map((family, index) => [family, this.#counts[index] ?? 0]);
  }

  /** In [0, 1]. */
  usual(family: BrowserFamily): number {
    return this.#usual[INDEX_OF.get(family) ?? 0] ?? 0;
  }

  learn(): void {
    const all = this.#counts.reduce((sum, views) => sum + views, 0);
    if (all === 0) return;
    const weight = this.#slots === 0 ? 1 : LEARNING;
    for (const [index, views] of this.#counts.entries()) {
      const usual = this.#usual[index] ?? 0;
      this.#usual[index] = usual + weight * (views / all - usual);
    }
    this.#slots += 1;
  }

  clear(): void {
    this.#counts.fill(0);
  }
}
