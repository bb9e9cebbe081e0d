/** Puts a number into an element of the page. */
import { formatNumber } from "./count-text.ts";

/** Room for a short number, of digits that are all as wide, so that the text around it does not move. */
const ROOM = "display:inline-block;min-width:4ch;font-variant:tabular-nums";

/** @param number nothing while it is unknown: what the element says stays */
export const place = (element: HTMLElement, number?: number): void => {
  const { style, dataset } = element;
  // an element without text has no height, so it gets a space without width
  const text =
    number == null
      ? element.textContent || "\u200b"
      : formatNumber(number, element.closest<HTMLElement>("[lang]")?.lang, dataset.headcountFormat);
  style.cssText ||= ROOM;
  if (element.textContent !== text) element.textContent = text;
};
