import type { Log, LogFields } from "../../src/ports/log.ts";

/** Lines as `event` or, where a rung is named, `event rung`. */
export class NotedLog implements Log {
  readonly lines: string[] = [];
  readonly texts: string[] = [];

  info(event: string, fields: LogFields): void {
    this.#note(event, fields);
  }

  warn(event: string, fields: LogFields): void {
    this.#note(event, fields);
  }

  error(event: string, fields: LogFields): void {
    this.#note(event, fields);
  }

  #note(event: string, fields: LogFields): void {
    this.lines.push([event, fields.rung ?? []].flat().join(" "));
    this.texts.push(JSON.stringify({ event, ...fields }));
  }
}
