/** Fills `[data-headcount-views]` with numbers that never fall. */
import { inBatches } from "./count-text.ts";
import { place } from "./place.ts";
import { request } from "./request.ts";
import { script } from "./script.ts";

const highest = new Map<string, number>();

/** What an empty attribute stands for. */
let own = script.dataset.content;

const show = (element: HTMLElement): string => {
  const id = element.dataset.headcountViews || own || "";
  place(element, highest.get(id));
  return id;
};

/** Shows what is known in all elements there are now. @returns the contents they name */
const showAll = () =>
  [...document.querySelectorAll<HTMLElement>("[data-headcount-views]")].map(show);

/** Reads and shows all numbers, unless nobody would see them. */
export const refresh = async (): Promise<void> => {
  if (document.hidden) return;
  for (const batch of inBatches(showAll())) {
    const query = batch.join("&content=");
    const { counts } = await request(`v1/counts?content=${query}`);
    for (const { content, views } of counts ?? []) {
      // one from an older cache is never shown after a higher one
      if (views >= (highest.get(content) ?? 0)) highest.set(content, views);
    }
    showAll();
  }
};

/** The reader has come to a content, or what the page's own is has become known. */
export const showOwn = (content: string | undefined): void => {
  own = content;
  void refresh();
};

export const ownContent = () => own;
