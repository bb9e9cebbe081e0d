import { parseCombined } from "./combined.ts";
import { parseJsonLine } from "./json-line.ts";
import type { LoggedRequest } from "./logged-request.ts";

/** @returns `undefined` for what is no line of a known format */
export const parseLogLine = (line: string): LoggedRequest | undefined =>
  line.startsWith("{") ? parseJsonLine(line) : parseCombined(line);
