/** What holds for this moment and this asker alone: the cache in front of the Worker is told so too. */
export const NO_STORE = { "Cache-Control": "no-store" } as const;

/** @param seconds how long caches may keep it; 0: nobody keeps it */
export const cached = (seconds: number): Readonly<Record<string, string>> =>
  seconds === 0
    ? NO_STORE
    : { "Cache-Control": `public, max-age=${seconds}, stale-while-revalidate=${seconds}` };

/** Headers go in with the answer: each one set afterwards is a call into the platform. */
export const answerJson = (
  body: unknown,
  status: number,
  headers: Readonly<Record<string, string>>,
): Response =>
  new Response(JSON.stringify(body), {
    status,
    headers: { "Content-Type": "application/json", ...headers },
  });
