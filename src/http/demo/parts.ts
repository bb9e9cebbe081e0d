/** What the pages of the demo share. */
import type { HttpContext } from "../context.ts";
import type { Article } from "./articles.ts";
import shell from "./page.html";

export const EYE = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M2 12q10-13 20 0-10 13-20 0z"/><circle cx="12" cy="12" r="3"/></svg>`;

export const picture = ({ picture: inside }: Article): string =>
  `<svg viewBox="0 0 480 270" preserveAspectRatio="xMidYMid slice" aria-hidden="true">${inside}</svg>`;

export const script = (attributes: string): string =>
  `<script defer src="/headcount.js" ${attributes}></script>`;

/** What a page of the demo runs beside the SDK. */
export const answerScript = (c: HttpContext, code: string): Response =>
  c.body(code, 200, {
    "Content-Type": "text/javascript; charset=utf-8",
    "Cache-Control": "public, max-age=60",
  });

/** @param slots by the name that stands in the template as `{{name}}` */
export const fill = (template: string, slots: Readonly<Record<string, string>>): string =>
  template.replace(/\{\{(\w+)\}\}/g, (whole, name) => slots[name] ?? whole);

type Slots = Readonly<Record<"title" | "script" | "main" | "footer", string>>;

export const answerPage = (c: HttpContext, slots: Slots): Response | Promise<Response> =>
  c.html(fill(shell, slots), 200, { "Cache-Control": "public, max-age=60" });
