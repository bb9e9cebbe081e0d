/** Ids as the outside writes them, each kind a type of its own so that one is never taken for another. */

/** Pattern of every id (content, stream, user, category, broadcaster, client). */
export const ID_PATTERN = /^[A-Za-z0-9_-]{1,64}$/;

declare const brand: unique symbol;
export type ContentId = string & { readonly [brand]: "content" };
export type StreamId = string & { readonly [brand]: "stream" };

/** @returns the id, or `undefined` when it is outside `ID_PATTERN`. */
export const contentId = (text: string): ContentId | undefined =>
  ID_PATTERN.test(text) ? (text as ContentId) : undefined;

/** @returns the id, or `undefined` when it is outside `ID_PATTERN`. */
export const streamId = (text: string): StreamId | undefined =>
  ID_PATTERN.test(text) ? (text as StreamId) : undefined;
