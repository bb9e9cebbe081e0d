/**
 * A database (in the protocol of PlanetScale) and a bucket (in that of workerd's R2 binding) with nothing in them, where
 * there are no real ones. The database forgets what it is told; the bucket refuses it, so that Tallies keep their logs.
 */
export default {
  fetch(request) {
    if (new URL(request.url).pathname.startsWith("/psdb.")) {
      return Response.json({ session: { vitessSession: {} }, result: {} });
    }
    const { method } = JSON.parse(request.headers.get("cf-r2-request") ?? "{}");
    if (method !== "list") return refused();
    const nothing = JSON.stringify({ objects: [], truncated: false, delimitedPrefixes: [] });
    return new Response(nothing, { headers: { "cf-r2-metadata-size": `${nothing.length}` } });
  },
};

const refused = () => {
  const error = { version: 0, v4code: 10_001, message: "this bucket takes nothing" };
  return new Response(null, { status: 500, headers: { "cf-r2-error": JSON.stringify(error) } });
};
