/** `/demo/live`: what a live stream's page looks like, and a crowd for it at the press of a button. */
import { Hono } from "hono";
import code from "../../../dist/demo-live.js.txt";
import type { HttpContext, HttpEnv } from "../context.ts";
import { problem } from "../problem.ts";
import { ARTICLES } from "./articles.ts";
import page from "./live.html";
import { answerPage, answerScript, EYE, fill, picture, script } from "./parts.ts";
import { DEMO_STREAMS, type DemoStream } from "./streams.ts";

export const demoLive = new Hono<HttpEnv>();

demoLive.get("/demo/live", (c) => answerStream(c, DEMO_STREAMS[0]));

demoLive.get("/demo/live/:stream", (c) =>
  answerStream(
    c,
    DEMO_STREAMS.find(({ id }) => id === c.req.param("stream")),
  ),
);

demoLive.get("/demo/live.js", (c) => answerScript(c, code));

const answerStream = (c: HttpContext, stream: DemoStream | undefined) => {
  const article = stream && ARTICLES[stream.picture];
  if (stream === undefined || article === undefined) return problem("not-found");
  const { id, title, lead } = stream;
  const links = DEMO_STREAMS.map((other) => link(other, other === stream)).join("");
  return answerPage(c, {
    title: `${title} · Headcount`,
    // its code first: the viewers it opens are not the SDK's, which data-debug explains
    script: `<script defer src="/demo/live.js" data-stream="${id}"></script>${script(`data-content="${id}" data-stream="${id}" data-debug`)}`,
    main: fill(page, { title, lead, links, eye: EYE, picture: picture(article) }),
    footer: `All it takes is <code>&lt;script defer src="/headcount.js" data-stream="…"&gt;</code> and
      <code>&lt;b data-headcount-live&gt;</code>. The 50 are sockets of this page, each with a client id of its own. <a class="back" href="/demo">All of the demo</a>`,
  });
};

const link = ({ id, title }: DemoStream, isThis: boolean): string =>
  `<li><a href="/demo/live/${id}"${isThis ? ' aria-current="page"' : ""}><span>${title}</span></a></li>`;
