/** The protocol by hand, where a test looks at the session itself or sends one that no driver would. */

export interface RawAnswer {
  readonly session: Readonly<Record<string, unknown>>;
  readonly result?: { readonly rowsAffected?: string };
  readonly error?: { readonly code: string; readonly message: string };
}

/** @returns its status and its body, whatever they say */
export const executeRaw = async (
  gatewayUrl: string,
  query: string,
  session: unknown,
): Promise<{ readonly status: number; readonly body: RawAnswer }> => {
  const { origin, username, password } = new URL(gatewayUrl);
  const response = await fetch(`${origin}/psdb.v1alpha1.Database/Execute`, {
    method: "POST",
    headers: { Authorization: `Basic ${btoa(`${username}:${password}`)}` },
    body: JSON.stringify({ query, session }),
  });
  return { status: response.status, body: (await response.json()) as RawAnswer };
};
