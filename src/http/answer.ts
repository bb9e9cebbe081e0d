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
