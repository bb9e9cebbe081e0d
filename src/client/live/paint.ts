/** Fills `[data-headcount-live]`, `[data-headcount-peak]` and `[data-headcount-total]`. */
import { place } from "../place.ts";
import type { Numbers } from "./numbers.ts";

const KINDS = { live: "viewers", peak: "peak", total: "total" } as const;

const forEachPlace = (
  stream: string,
  fill: (element: HTMLElement, kind: keyof typeof KINDS) => void,
): void => {
  for (const kind of ["live", "peak", "total"] as const) {
    const name = `data-headcount-${kind}`;
    for (const element of document.querySelectorAll<HTMLElement>(`[${name}]`)) {
      // one that names another stream is not this page's to fill
      if ([stream, ""].includes(element.getAttribute(name) ?? "")) fill(element, kind);
    }
  }
};

/** @param stale nobody has said for a while how many there are now */
export const paint = (stream: string, numbers: Numbers | undefined, stale: boolean): void =>
  forEachPlace(stream, (element, kind) => {
    place(element, numbers?.[KINDS[kind]]);
    if (stale && kind === "live" && numbers) element.textContent = "–";
  });

/** What stood there was another stream's. */
export const wipe = (stream: string): void =>
  forEachPlace(stream, (element) => {
    element.textContent = "";
  });
