/** `/demo/most-viewed.js`: the ranking on `/demo`. A site's own would be as long. */
import { keepFresh } from "./keep-fresh.ts";
import { listItem } from "./list-item.ts";

const MAX_CONTENTS = 5;

interface Entry {
  readonly content: string;
  readonly title?: string;
  readonly views: number;
}

const run = (): void => {
  const list = document.getElementById("most-viewed");
  if (list === null) return;
  keepFresh(async () => {
    const answer = await fetch(`/v1/rankings/views?window=realtime&limit=${MAX_CONTENTS}`);
    if (!answer.ok) return;
    const { contents }: { readonly contents: readonly Entry[] } = await answer.json();
    list.replaceChildren(...contents.map(item));
    // an empty list is no list: the page begins without one
    list.parentElement?.toggleAttribute("hidden", contents.length === 0);
  });
};

const item = ({ content, title, views }: Entry): HTMLElement => {
  const href = `/demo/${content}`;
  const article = document.querySelector(`.list a[href="${href}"] h2`);
  return listItem({
    // the demo has no page for what others count here
    href: article === null ? undefined : href,
    text: article?.textContent ?? title ?? content,
    number: views,
    unit: "views in the last hour",
  });
};

run();
