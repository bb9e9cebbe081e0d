/** The floor: what a Worker costs that parses a JSON body and answers, and does nothing else. */
import { Hono } from "hono";

const app = new Hono();

app.get("/ready", (c) => c.text("ready"));

app.post("/bare", async (c) => {
  const { token } = await c.req.json<{ token: string }>();
  return c.json({ length: token.length }, 202);
});

export default app;
