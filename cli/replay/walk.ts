/** From the lines of logs to the events they tell of. */
import { classify } from "../../src/core/views/classify.ts";
import type { EdgeVerdict } from "../../src/core/views/verdict.ts";
import type { ReplayedEvent } from "../service/history-api.ts";
import { lineIds } from "./line-ids.ts";
import { type LogFile, linesOf } from "./lines.ts";
import { parseLogLine } from "./log-line.ts";
import { type NoPage, type PageRules, pageFinder } from "./page-rules.ts";

export type Walked =
  | {
      readonly kind: "event";
      readonly event: ReplayedEvent;
      /** Ms. */
      readonly at: number;
      readonly verdict: EdgeVerdict;
    }
  | { readonly kind: "no page"; readonly why: NoPage }
  | { readonly kind: "too old" | "in the future" | "empty" }
  | { readonly kind: "malformed"; readonly where: string; readonly text: string };

export interface Walk {
  readonly files: readonly LogFile[];
  readonly rules: PageRules;
  /** Events of `earliest <= at <= latest`, ms. */
  readonly earliest: number;
  readonly latest: number;
  /** Is told how many bytes of the files were read. */
  advanced(bytes: number): void;
}

/** As long as the service takes them; either is a program's. */
const USER_AGENT_MAX = 2_048;
const PURPOSE_MAX = 100;
const SHOWN_MAX = 160;

/** Every line of the files, in their order. @throws Failure when one cannot be read */
export async function* walkLogs(walk: Walk): AsyncGenerator<Walked> {
  const read = reader(walk);
  for (const file of walk.files) {
    let number = 0;
    for await (const line of linesOf(file, walk.advanced)) {
      number += 1;
      yield await read(line, `line ${number} of ${file.path}`);
    }
  }
}

const reader = ({ rules, earliest, latest }: Walk) => {
  const find = pageFinder(rules);
  const idOf = lineIds();
  return async (line: Buffer | undefined, where: string): Promise<Walked> => {
    if (line === undefined) return { kind: "malformed", where, text: "it does not end" };
    if (line.length === 0) return { kind: "empty" };
    const text = line.toString("utf8");
    const request = parseLogLine(text);
    if (request === undefined || !ADDRESS.test(request.address)) {
      return { kind: "malformed", where, text: text.slice(0, SHOWN_MAX) };
    }
    const page = await find(request);
    if (page.status === "none") return { kind: "no page", why: page.why };
    const { at, address } = request;
    if (at < earliest) return { kind: "too old" };
    if (at > latest) return { kind: "in the future" };
    const userAgent = request.userAgent.slice(0, USER_AGENT_MAX);
    const purpose = request.purpose?.slice(0, PURPOSE_MAX);
    const { content } = page;
    const seen = { address, userAgent, ...(purpose !== undefined && { purpose }) };
    const event = { id: idOf(line, content, at), content, ...seen };
    return { kind: "event", event, at, verdict: classify({ userAgent, purpose }) };
  };
};

/** As the service takes it. */
const ADDRESS = /^[\x21-\x7e]{1,253}$/;
