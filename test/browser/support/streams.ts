/** Streams of a world: registered and started as an operator does it, on pages of the site. */
import { expect } from "vitest";
import { eventually, type World } from "./world.ts";

const REQUEST_TIMEOUT_MS = 10_000;

export interface StreamNumbers {
  readonly status: string;
  readonly viewers: number;
  readonly peak: number;
  readonly total: number;
}

export interface Streams {
  /** Registers and starts it, and puts a page with it on the site. @returns the page's address */
  start(stream: string, options?: StreamOptions): Promise<string>;
  end(stream: string): Promise<void>;
  /** Waits until the room itself says so many viewers. */
  expectViewers(stream: string, viewers: number, timeoutMs?: number): Promise<void>;
  numbers(stream: string): Promise<StreamNumbers>;
  /** How often a page asked for a socket of the stream. */
  sockets(stream: string): readonly string[];
}

export interface StreamOptions {
  readonly visibility?: "public" | "private";
  /** Of the script element, besides the stream. */
  readonly attributes?: string;
  readonly path?: string;
  /** What the page has besides. */
  readonly head?: string;
}

export const PLACES = `<b id="live" data-headcount-live></b> <b id="peak" data-headcount-peak></b>
  <b id="total" data-headcount-total></b>`;

/** Has a page write in its title what its sockets are asked and answer, and where it is hidden at that moment. */
export const DIARY = `<script>
  const write = (entry) => { document.title += " " + entry + (document.hidden ? "/hidden" : ""); };
  window.WebSocket = class extends WebSocket {
    constructor(url) {
      super(url);
      this.addEventListener("message", ({ data }) => data.includes("beat") && write("beat"));
    }
    send(text) {
      super.send(text);
      write(text);
    }
  };
</script>`;

export const makeStreams = (world: World): Streams => {
  const ask = async (method: string, path: string, body?: object): Promise<void> => {
    const answer = await fetch(`${world.url()}/v1/admin/${path}`, {
      method,
      headers: { Authorization: `Bearer ${world.variable("ADMIN_KEY")}` },
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      ...(body && { body: JSON.stringify(body) }),
    });
    expect(answer.status, await answer.text()).toBe(200);
  };
  const numbers = async (stream: string): Promise<StreamNumbers> => {
    const answer = await fetch(`${world.url()}/v1/streams/${stream}?consistency=strong`);
    return (await answer.json()) as StreamNumbers;
  };
  return {
    numbers,
    async start(stream, { visibility = "public", attributes = "", path = stream, head = "" } = {}) {
      await ask("PUT", "broadcasters/somebody", { name: "Somebody" });
      await ask("PUT", `streams/${stream}`, { broadcaster: "somebody", title: stream, visibility });
      await ask("POST", `streams/${stream}/start`);
      const script = `<script defer src="${world.gate.url}/headcount.js" data-content="${stream}" data-stream="${stream}" ${attributes}></script>`;
      world.site.page(`/${path}`, head + PLACES + script);
      return `${world.site.url}/${path}`;
    },
    end: (stream) => ask("POST", `streams/${stream}/end`),
    async expectViewers(stream, viewers, timeoutMs) {
      const compare = async () => expect((await numbers(stream)).viewers).toBe(viewers);
      await eventually(compare, timeoutMs);
    },
    sockets: (stream) =>
      world.gate.upgrades.filter((path) => path.startsWith(`/v1/streams/${stream}/live`)),
  };
};
