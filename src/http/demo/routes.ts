/** `/demo`: what a site looks like that has the SDK, and nothing else of ours. */
import { Hono } from "hono";
import code from "../../../dist/demo-most-viewed.js.txt";
import type { HttpEnv } from "../context.ts";
import { problem } from "../problem.ts";
import { ARTICLES, type Article } from "./articles.ts";
import { demoLive } from "./live.ts";
import { answerPage, answerScript, EYE, picture, script } from "./parts.ts";

export const demo = new Hono<HttpEnv>();

// before the articles, whose path would take its page for one of them
demo.route("/", demoLive);

demo.get("/demo", (c) => {
  const items = Object.entries(ARTICLES).map(([id, article]) => listItem(id, article));
  return answerPage(c, {
    title: "Headcount: three articles that count",
    // a list is no content: it shows numbers and counts nothing
    script: `${script("data-optout")}<script defer src="/demo/most-viewed.js"></script>`,
    main: `<h1>Three articles that count</h1>
      <p class="lead">Open one and stay for three seconds. Open it again within a minute: still one view.</p>
      <ul class="list">${items.join("")}</ul>
      <section class="ranking" aria-labelledby="now" hidden><h2 id="now">Most viewed now</h2><ol id="most-viewed"></ol></section>
      <p><a class="back" href="/demo/live">Watch a live stream</a>, and its viewers come and go.</p>`,
    footer: `All it takes is <code>&lt;script defer src="/headcount.js" data-content="…"&gt;</code> in an article and
      <code>&lt;b data-headcount-views="…"&gt;</code> where its number goes.`,
  });
});

demo.get("/demo/most-viewed.js", (c) => answerScript(c, code));

demo.get("/demo/:article", (c) => {
  const id = c.req.param("article");
  const article = Object.hasOwn(ARTICLES, id) ? ARTICLES[id] : undefined;
  if (article === undefined) return problem("not-found");
  return answerPage(c, {
    title: `${article.title} · Headcount`,
    script: script(`data-content="${id}" data-debug`),
    main: `<h1>${article.title}</h1><p class="lead">${article.lead}</p>
      <div class="hero">${picture(article)}</div>
      <div class="bar small">${views(id)}<a class="back" href="/demo">All articles</a></div>
      <article>${article.text}</article>`,
    footer:
      "This page has <code>data-debug</code>: the browser's console says what happens to your view.",
  });
});

const listItem = (id: string, article: Article): string =>
  `<li><a href="/demo/${id}">${picture(article)}<div><h2>${article.title}</h2><p>${article.lead}</p>${views(id)}</div></a></li>`;

const views = (id: string): string =>
  `<span class="views" title="views">${EYE}<b data-headcount-views="${id}"></b></span>`;
