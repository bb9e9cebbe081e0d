/** The floor: what a Worker costs that parses a JSON body, or only answers, and does nothing else. */
import { Hono } from "hono";

const app = new Hono();

app.get("/ready", (c) => c.text("ready"));

app.post("/bare", async (c) => {
  const { token } = await c.req.json<{ token: string }>();
  return c.json({ length: token.length }, 202);
});

app.get("/bare", (c) => c.json({ content: "article-0", views: 1, asOf: 1, source: "none" }));

export default app;
