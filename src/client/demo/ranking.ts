/** The list of live streams by viewers, asked for anew every few seconds while somebody sees it. */
const REFRESH_MS = 3_000;
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
  const refresh = async (): Promise<void> => {
    if (document.hidden) return;
    const answer = await fetch(`/v1/rankings/live?limit=${MAX_STREAMS}`);
    if (!answer.ok) return;
    const { streams = [] }: { readonly streams?: readonly Entry[] } = await answer.json();
    const ranked = new Set(streams.map(({ stream }) => `/demo/live/${stream}`));
    const others = links.filter(
      (link) => !ranked.has(link.querySelector("a")?.getAttribute("href") ?? ""),
    );
    list.replaceChildren(...streams.map((entry) => item(entry, own)), ...others);
  };
  const tryRefresh = (): void => void refresh().catch(() => undefined);
  setInterval(tryRefresh, REFRESH_MS);
  tryRefresh();
};

const item = ({ stream, title, viewers }: Entry, own: string): HTMLElement => {
  const link = document.createElement("a");
  // the demo has no page for what others stream here
  if (stream.startsWith("demo-")) link.href = `/demo/live/${stream}`;
  if (stream === own) link.setAttribute("aria-current", "page");
  const name = document.createElement("span");
  name.textContent = title ?? stream;
  const number = document.createElement("b");
  number.textContent = viewers.toLocaleString();
  number.title = "viewers";
  link.append(name, number);
  const element = document.createElement("li");
  element.append(link);
  return element;
};
