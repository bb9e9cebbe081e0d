/** Everything that can be asked of a service, well and badly, with marks wherever somebody could put something. */
import { setTimeout as sleep } from "node:timers/promises";
import { DWELL_MS } from "../../../src/core/limits.ts";
import { ROUTES, type Route } from "../../../src/protocol/routes.ts";
import { badRequests } from "./bad-requests.ts";
import { type MarkBook, makeVisitor, signTicket, type Visitor } from "./book.ts";
import type { Call, Caller } from "./caller.ts";
import {
  CONTENT,
  goodRequests,
  PRIVATE_STREAM,
  pathOf,
  type Sample,
  STREAM,
} from "./good-requests.ts";
import { openSocket } from "./sockets.ts";

export interface TrafficOptions {
  readonly url: string;
  readonly adminKey: string;
  readonly ticketKeys: string;
  readonly visitors: number;
  /** Of bad requests every so manieth is sent; 1 is all. */
  readonly badEvery: number;
}

interface Viewing {
  readonly visitor: Visitor;
  readonly token: string;
}

const AT_ONCE = 8;

export class Traffic {
  readonly #book: MarkBook;
  readonly #caller: Caller;
  readonly #options: TrafficOptions;
  readonly #visitors: readonly Visitor[];
  readonly #namedKey: string;
  readonly #samples: ReturnType<typeof goodRequests>;
  #sockets: (() => void)[] = [];
  #turn = 0;

  constructor(book: MarkBook, caller: Caller, options: TrafficOptions) {
    this.#book = book;
    this.#caller = caller;
    this.#options = options;
    this.#visitors = Array.from({ length: options.visitors }, (_, number) =>
      makeVisitor(book, number),
    );
    this.#namedKey = book.make("named key", "hck_*");
    this.#samples = goodRequests(book, this.#namedKey);
  }

  /** A request of every route as it should be; what opens something first, what ends it last. */
  async good(): Promise<void> {
    for (const route of ROUTES.filter(({ scope }) => scope === "write")) await this.#askFor(route);
    await this.#each(
      ROUTES.filter(({ scope }) => scope !== "write"),
      (route) => this.#askFor(route),
    );
  }

  /** Views from their opening to their receipts; meanwhile others watch a stream. */
  async visits(): Promise<void> {
    const openings = await Promise.all(this.#visitors.map((visitor) => this.#open(visitor)));
    const viewings = openings.filter((viewing) => viewing !== undefined);
    const openedAt = performance.now();
    // Too early.
    await this.#each(viewings, (viewing) => this.#confirm(viewing));
    await this.#each(this.#visitors, (visitor) => this.#watch(visitor));
    await sleep(Math.max(0, openedAt + DWELL_MS + 200 - performance.now()));
    for (const _ of ["first", "again"]) {
      await this.#each(viewings, (viewing) => this.#confirm(viewing));
    }
    const tokens = viewings.map(({ token }) => token);
    await this.#post("/v1/views/confirm", { tokens }, this.#anyone().headers);
    await this.#each(viewings, ({ visitor, token }) =>
      this.#post("/v1/receipts", { token }, visitor.headers),
    );
  }

  /** Of every route what is wrong with a request, with a key and without; and keys that are none. */
  async bad(): Promise<void> {
    const calls = ROUTES.flatMap((route) =>
      badRequests(this.#book, route).map((call) => ({
        ...call,
        headers: this.#headersOf(route, call),
      })),
    );
    const chosen = calls.filter((_, number) => number % this.#options.badEvery === 0);
    await this.#each(chosen, (call) => this.#caller.ask(call));
    await this.#each(
      ROUTES.filter(({ scope }) => scope !== undefined),
      (route) => this.#knock(route),
    );
  }

  end(): void {
    for (const close of this.#sockets) close();
    this.#sockets = [];
  }

  async #open(visitor: Visitor): Promise<Viewing | undefined> {
    const { client, headers } = visitor;
    const answer = await this.#post("/v1/views", { content: CONTENT, client }, headers);
    const token = answer?.json.token;
    if (typeof token !== "string") return undefined;
    return { visitor, token: this.#book.sealed("token", token) };
  }

  #confirm({ visitor, token }: Viewing) {
    const book = this.#book;
    const page = {
      title: book.make("master data", "Page *"),
      url: book.make("master data", "https://site.example/page?q=*"),
    };
    return this.#post("/v1/views/confirm", { token, page }, visitor.headers);
  }

  /** On sockets of every kind, and by heartbeats. */
  async #watch({ client, headers }: Visitor): Promise<void> {
    const book = this.#book;
    const good = (stream: string) =>
      book.sealed(
        "ticket",
        signTicket(this.#options.ticketKeys, stream, book.make("ticket's user")),
      );
    const live = (stream: string, query: string) => `/v1/streams/${stream}/live?${query}`;
    const paths = [
      live(STREAM, client === undefined ? "" : `client=${client}`),
      live(STREAM, `ticket=${good(STREAM)}`),
      live(PRIVATE_STREAM, `ticket=${good(PRIVATE_STREAM)}`),
      live(PRIVATE_STREAM, `ticket=${book.make("ticket", "t1.site1.bm90aGluZw.*")}`),
      live(STREAM, `role=observer&session=${book.make("query")}`),
      live(STREAM, `role=${book.make("query")}`),
    ];
    for (const path of paths) await this.#socket(path, headers);
    const words = [book.make("body"), Buffer.from(book.make("body")), "ping"];
    for (const word of words) await this.#socket(live(STREAM, ""), headers, [word, word]);
    const path = `/v1/streams/${STREAM}/heartbeat`;
    await this.#post(path, { client }, headers, "/v1/streams/:id/heartbeat");
    await this.#post(path, { ticket: good(STREAM) }, headers, "/v1/streams/:id/heartbeat");
  }

  async #socket(
    path: string,
    headers: Visitor["headers"],
    says: readonly (string | Uint8Array)[] = [],
  ): Promise<void> {
    const { url } = this.#options;
    this.#sockets.push(await openSocket(this.#caller, url, { path, headers, says }));
  }

  async #askFor(route: Route): Promise<void> {
    const { method, path } = route;
    const samples: readonly Sample[] = this.#samples[`${method} ${path}`] ?? [
      { path: pathOf(path) },
    ];
    for (const sample of samples) {
      await this.#caller.ask({ ...sample, method, route: path, headers: this.#headersOf(route) });
    }
  }

  /** With keys that open nothing. */
  async #knock(route: Route): Promise<void> {
    const book = this.#book;
    const { method, path } = route;
    const basic = Buffer.from(`admin:${book.make("wrong key")}`).toString("base64");
    const given = [
      book.make("wrong key", "Bearer *"),
      book.make("wrong key", "Bearer hck_*"),
      book.make("wrong key", "bearer  *"),
      `Basic ${basic}`,
      `Bearer ${this.#namedKey}`,
    ];
    for (const Authorization of given) {
      const headers = { ...this.#anyone().headers, Authorization };
      await this.#caller.ask({ method, route: path, path: pathOf(path), headers });
    }
  }

  /** Behind the door somebody with a key, before it anyone. */
  #headersOf({ scope }: Route, call?: Call): Readonly<Record<string, string>> {
    const headers = { ...this.#anyone().headers, ...call?.headers };
    if (scope === undefined) return headers;
    return {
      ...headers,
      Authorization: `Bearer ${this.#options.adminKey}`,
      "Idempotency-Key": this.#book.make("idempotency key", '"*"'),
    };
  }

  #anyone(): Visitor {
    this.#turn += 1;
    const visitor = this.#visitors[this.#turn % this.#visitors.length];
    if (visitor === undefined) throw new Error("there is nobody");
    return visitor;
  }

  #post(path: string, body: unknown, headers: Visitor["headers"], route = path) {
    return this.#caller.ask({ method: "POST", route, path, headers, body });
  }

  /** Some at once. */
  async #each<Item>(items: readonly Item[], work: (item: Item) => Promise<unknown>): Promise<void> {
    const left = items.values();
    const worker = async () => {
      for (const item of left) await work(item);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  }
}
