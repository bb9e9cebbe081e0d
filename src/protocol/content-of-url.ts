import { type ContentId, contentId } from "../core/ids.ts";
import { pageKey } from "../core/views/content-url.ts";
import { toBase64Url } from "./base64url.ts";

/** 132 bits of SHA-256: ids of different pages do not meet. */
const DIGEST_CHARS = 22;

/** @returns the id of a page that has none of its own, or `undefined` when its URL is not http or https */
export const contentOfUrl = async (url: string): Promise<ContentId | undefined> => {
  const key = pageKey(new URL(url));
  if (key === undefined) return undefined;
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key));
  return contentId(`u_${toBase64Url(new Uint8Array(digest)).slice(0, DIGEST_CHARS)}`);
};
