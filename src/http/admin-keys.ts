import { Hono } from "hono";
import { putKey, revokeKey } from "../app/access/keys.ts";
import { KEYS_MAX, MAX_BODY_BYTES } from "../core/limits.ts";
import type { AccessKey } from "../ports/access-key-tables.ts";
import { IdParam, NoQuery } from "../protocol/requests.ts";
import { KeyBody } from "../protocol/requests-keys.ts";
import { answerJson, NO_STORE } from "./answer.ts";
import type { HttpEnv } from "./context.ts";
import { orUnsaved } from "./or-unsaved.ts";
import { problem } from "./problem.ts";
import { parse, readBody } from "./read-body.ts";
import { signed } from "./signed.ts";

/** Who may, and what; a key itself is never seen here, neither when it is made nor later. */
export const adminKeys = new Hono<HttpEnv>();

adminKeys.put("/v1/admin/keys/:name", async (c) => {
  const { log, keys } = c.get("services");
  const name = parse(IdParam, c.req.param("name"));
  const body = await readBody(c.req.raw, MAX_BODY_BYTES, KeyBody);
  const result = await orUnsaved(putKey(signed(c, keys), { ...body, name }), log);
  if (result.status === "overtaken") {
    return problem("not-saved", { headers: { "Retry-After": "1" } });
  }
  if (result.status !== "saved") return problem(result.status);
  return answerJson(shownKey(result.key), result.isNew ? 201 : 200, NO_STORE);
});

adminKeys.delete("/v1/admin/keys/:name", async (c) => {
  const { log, keys } = c.get("services");
  const name = parse(IdParam, c.req.param("name"));
  const key = await orUnsaved(revokeKey(signed(c, keys), name), log);
  return key === undefined ? problem("unknown-key") : answerJson(shownKey(key), 200, NO_STORE);
});

adminKeys.get("/v1/admin/keys", async (c) => {
  const { log, keys } = c.get("services");
  parse(NoQuery, c.req.queries());
  try {
    const known = await keys.keys.list(KEYS_MAX);
    return answerJson({ keys: known.map(shownKey) }, 200, NO_STORE);
  } catch (cause) {
    log.error("keys.unlisted", { cause: `${cause}` });
    return problem("keys-unavailable", { headers: { "Retry-After": "2" } });
  }
});

/** Its hash stays here: who has it could try keys against it. */
const shownKey = ({ name, scopes, revoked, createdAt, updatedAt }: AccessKey) => ({
  ...{ name, scopes, revoked },
  createdAt: new Date(createdAt).toISOString(),
  updatedAt: new Date(updatedAt).toISOString(),
});
