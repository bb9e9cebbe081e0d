import { sha256Hex } from "./sha256.ts";

/**
 * By which what is kept of requests to a path is found again, without the path itself being kept.
 * @param path decoded, without a query: however a client writes it, it is one path
 */
export const pathHash = (path: string): Promise<string> => sha256Hex(path);
