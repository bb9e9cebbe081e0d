/** Bodies about keys of operators and of sites' own back ends. */
import * as v from "valibot";
import { SCOPES } from "./scopes.ts";

/** `PUT /v1/admin/keys/:name`: the key itself is never sent. */
export const KeyBody = v.strictObject({
  hash: v.pipe(
    v.string(),
    v.regex(/^[0-9a-f]{64}$/, "a hash is the SHA-256 of the key, 64 hexadecimal digits"),
  ),
  scopes: v.pipe(
    v.array(v.picklist(SCOPES)),
    v.minLength(1),
    v.maxLength(SCOPES.length),
    v.transform((scopes) => SCOPES.filter((scope) => scopes.includes(scope))),
  ),
});
