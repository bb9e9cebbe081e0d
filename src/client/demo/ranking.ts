/** The list of live streams by viewers. */
import { keepFresh } from "./keep-fresh.ts";
import { listItem } from "./list-item.ts";

const MAX_STREAMS = 10;

interface Entry {
  readonly stream: string;
  readonly title?: string;
  readonly viewers: number;
}

/** @param own the stream of this page */
export const followRanking = (list: HTMLElement, own: string): void => {
  /** The links the page came with: a stream that nobody watches is not always in the ranking. */
  const links = [...list.children];
  keepFresh(async () => {
    const answer = await fetch(`/v1/rankings/live?limit=${MAX_STREAMS}`);
    if (!answer.ok) return;
    const { streams = [] }: { readonly streams?: readonly Entry[] } = await answer.json();
    const ranked = new Set(streams.map(({ stream }) => `/demo/live/${stream}`));
    const others = links.filter(
      (link) => !ranked.has(link.querySelector("a")?.getAttribute("href") ?? ""),
    );
    list.replaceChildren(...streams.map((entry) => item(entry, own)), ...others);
  });
};

const item = ({ stream, title, viewers }: Entry, own: string): HTMLElement => {
  // the demo has no page for what others stream here
  const href = stream.startsWith("demo-") ? `/demo/live/${stream}` : undefined;
  const made = listItem({ href, text: title ?? stream, number: viewers, unit: "viewers" });
  if (stream === own) made.querySelector("a")?.setAttribute("aria-current", "page");
  return made;
};
