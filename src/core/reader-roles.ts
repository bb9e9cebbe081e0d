/**
 * What a read of the database is for: numbers and lists of now that nobody else could tell (`ranking`), histories of
 * streams and broadcasters (`history`), statistics of contents (`analytics`).
 */
export const READER_ROLES = ["ranking", "history", "analytics"] as const;

export type ReaderRole = (typeof READER_ROLES)[number];
