/** `/demo`: what a site looks like that has the SDK, and nothing else of ours. */
import { Hono } from "hono";
import type { HttpContext, HttpEnv } from "../context.ts";
import { problem } from "../problem.ts";
import { ARTICLES, type Article } from "./articles.ts";
import shell from "./page.html";

export const demo = new Hono<HttpEnv>();

demo.get("/demo", (c) => {
  const items = Object.entries(ARTICLES).map(([id, article]) => listItem(id, article));
  return answer(c, {
    title: "Headcount: three articles that count",
    // a list is no content: it shows numbers and counts nothing
    script: script("data-optout"),
    main: `<h1>Three articles that count</h1>
      <p class="lead">Open one and stay for three seconds. Open it again within a minute: still one view.</p>
      <ul class="list">${items.join("")}</ul>`,
    footer: `All it takes is <code>&lt;script defer src="/headcount.js" data-content="…"&gt;</code> in an article and
      <code>&lt;b data-headcount-views="…"&gt;</code> where its number goes.`,
  });
});

demo.get("/demo/:article", (c) => {
  const id = c.req.param("article");
  const article = Object.hasOwn(ARTICLES, id) ? ARTICLES[id] : undefined;
  if (article === undefined) return problem("not-found");
  return answer(c, {
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

const EYE = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M2 12q10-13 20 0-10 13-20 0z"/><circle cx="12" cy="12" r="3"/></svg>`;

const listItem = (id: string, article: Article): string =>
  `<li><a href="/demo/${id}">${picture(article)}<div><h2>${article.title}</h2><p>${article.lead}</p>${views(id)}</div></a></li>`;

const views = (id: string): string =>
  `<span class="views" title="views">${EYE}<b data-headcount-views="${id}"></b></span>`;

const script = (attributes: string): string =>
  `<script defer src="/headcount.js" ${attributes}></script>`;

const picture = ({ picture: inside }: Article): string =>
  `<svg viewBox="0 0 480 270" preserveAspectRatio="xMidYMid slice" aria-hidden="true">${inside}</svg>`;

type Slots = Readonly<Record<"title" | "script" | "main" | "footer", string>>;

const answer = (c: HttpContext, slots: Slots): Response | Promise<Response> =>
  c.html(
    shell.replace(/\{\{(\w+)\}\}/g, (whole, name) => slots[name as keyof Slots] ?? whole),
    200,
    { "Cache-Control": "public, max-age=60" },
  );
