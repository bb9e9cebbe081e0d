import * as v from "valibot";
import { fromBase64Url, toBase64Url } from "./base64url.ts";
import type { Arrival } from "./room-rpc.ts";

const ArrivalSchema = v.strictObject({
  role: v.picklist(["viewer", "observer"]),
  identity: v.string(),
  network: v.string(),
});

/** Value of `ARRIVAL_HEADER`. */
export const encodeArrival = ({ role, identity, network }: Arrival): string =>
  toBase64Url(new TextEncoder().encode(JSON.stringify({ role, identity, network })));

/** @returns `undefined` for what `encodeArrival` has not made */
export const decodeArrival = (header: string): Arrival | undefined => {
  const bytes = fromBase64Url(header);
  if (bytes === undefined) return undefined;
  try {
    const result = v.safeParse(ArrivalSchema, JSON.parse(new TextDecoder().decode(bytes)));
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
};
