import type { ConfirmResult } from "../../src/app/views/confirm.ts";
import { contentId } from "../../src/core/ids.ts";
import { MAX_BATCH_BODY_BYTES } from "../../src/core/limits.ts";
import { readBody } from "../../src/http/read-body.ts";
import { ConfirmBody } from "../../src/protocol/requests.ts";
import { Prng } from "../../test/simulation/prng.ts";
import type { Scheduler } from "../../test/simulation/scheduler.ts";
import { type Visitor, visitorOf } from "./audience.ts";
import type { Edge } from "./edge.ts";
import type { Oracle } from "./oracle.ts";
import type { Plan } from "./plan.ts";
import type { RealWork } from "./real-work.ts";
import type { Colo } from "./setting.ts";

export interface ReadersDeps {
  readonly plan: Plan;
  readonly seed: number;
  readonly scheduler: Scheduler;
  readonly realWork: RealWork;
  readonly oracle: Oracle;
  edge(colo: Colo): Edge;
}

/** A page that a reader has open. */
interface Page {
  readonly number: number;
  readonly visitor: Visitor;
  readonly openedAt: number;
  readonly token: string;
  /** Of nobody's making. */
  readonly isForged?: true;
}

/** What the published protocol says of a token of some age. */
const DWELL_MS = 3_000;
const LIFE_MS = 600_000;

/** Readers who open pages, stay or leave, confirm, confirm too early or too late, twice, elsewhere, or by beacon. */
export class Readers {
  /** Answers to tokens by what they said, and those that are not what the protocol says of such a token. */
  readonly answers = new Map<string, number>();
  readonly unexpected: string[] = [];
  acknowledged = 0;
  copies = 0;
  readonly #deps: ReadersDeps;
  readonly #random: Prng;
  readonly #tours = new Map<number, Page[]>();
  #next = 0;

  constructor(deps: ReadersDeps) {
    this.#deps = deps;
    this.#random = new Prng(deps.seed ^ 0x5eed);
  }

  /** Plans the next page to be opened, and that one the next. */
  begin(): void {
    const { plan, scheduler } = this.#deps;
    const number = plan.order[this.#next];
    if (number === undefined) return;
    this.#next += 1;
    scheduler.in((plan.at[number] ?? 0) - scheduler.now, "a page is opened", () => {
      this.begin();
      void this.#open(number);
    });
  }

  async #open(number: number): Promise<void> {
    const { plan, seed, scheduler, oracle, edge } = this.#deps;
    const random = this.#random;
    const visitor = visitorOf(plan.visitor[number] ?? 0, seed);
    const content = contentId(`article-${plan.content[number]}`);
    if (content === undefined) throw new Error("an article has an id");
    const openedAt = scheduler.now;
    const { userAgent, client, place } = visitor;
    const purpose = random.chance(0.02) ? random.pick(PURPOSES) : undefined;
    const visit = { ...place, userAgent, purpose, address: visitor.address(random), asn: 3320 };
    const minted = await edge(visitor.colo).mint({ content, client, visit });
    if (minted.status !== "minted") {
      this.unexpected.push(`event ${number} was not minted: ${minted.status}`);
      return;
    }
    const { eventId, token } = minted;
    const countable = !visitor.isBot && purpose === undefined;
    oracle.opened(number, {
      ...{ eventId, content, visitor: visitor.number, countable, ...place },
    });
    const page = { number, visitor, openedAt, token };
    const tour = plan.tour[number] ?? 0;
    if (tour === 0) this.#read(page);
    else this.#readOn(tour, page);
  }

  #read(page: Page): void {
    const random = this.#random;
    const kind = random.fraction();
    if (kind < 0.03) return;
    if (kind < 0.13) this.#comeEarly(page);
    else if (kind < 0.15) this.#confirmAt(page, LIFE_MS + random.pick([0, 1, 70_000, 290_000]));
    else if (kind < 0.16) this.#confirmAt(page, random.between(8_000, LIFE_MS - 1));
    else if (kind < 0.164) this.#confirmAt(page, LIFE_MS - 1);
    else if (kind < 0.17) this.#forge(page);
    else this.#stay(page);
  }

  /** As most do: the page reports as soon as it may, and now and then once more. */
  #stay(page: Page): void {
    const random = this.#random;
    const dwell = random.chance(0.1)
      ? DWELL_MS
      : DWELL_MS + Math.floor(5_000 * random.fraction() ** 3);
    this.#confirmAt(page, dwell);
    if (random.chance(0.08)) this.#confirmAgain(page, dwell);
  }

  /** The last page of the tour sends a beacon for all of them. */
  #readOn(tour: number, page: Page): void {
    const { plan, scheduler } = this.#deps;
    const pages = this.#tours.get(tour) ?? [];
    pages.push(page);
    this.#tours.set(tour, pages);
    if (pages.length < (plan.pages[tour] ?? 0)) return;
    this.#tours.delete(tour);
    const leave = this.#random.between(1_000, 9_000);
    scheduler.in(leave, "a beacon", () => void this.#beacon(pages));
  }

  /** Refused, and more than half of them come back when they were told to. */
  #comeEarly(page: Page): void {
    const random = this.#random;
    const dwell = random.chance(0.1) ? DWELL_MS - 1 : random.between(0, DWELL_MS - 1);
    this.#confirmAt(page, dwell);
    if (random.chance(0.6)) this.#confirmAt(page, DWELL_MS);
  }

  /** A copy: at once or later, through the same Collector or another. */
  #confirmAgain(page: Page, dwell: number): void {
    const random = this.#random;
    const later = random.chance(0.3) ? 0 : random.between(0, random.chance(0.2) ? 560_000 : 20_000);
    this.#confirmAt(page, dwell + later, random.chance(0.5) ? random.pick(ELSEWHERE) : undefined);
  }

  #forge(page: Page): void {
    const { token } = page;
    const middle = token.length >> 1;
    const letter = token[middle] === "A" ? "B" : "A";
    const forged = `${token.slice(0, middle)}${letter}${token.slice(middle + 1)}`;
    this.#confirmAt({ ...page, token: forged, isForged: true }, DWELL_MS + 500);
  }

  #confirmAt(page: Page, dwell: number, colo: Colo = page.visitor.colo): void {
    const { scheduler } = this.#deps;
    scheduler.in(page.openedAt + dwell - scheduler.now, "a confirm", () => {
      void this.#send([page], [page.token], colo);
    });
  }

  /** Bytes as a browser sends them when a page is left, and read as the Worker reads them. */
  async #beacon(pages: readonly Page[]): Promise<void> {
    const [first] = pages;
    if (first === undefined) return;
    const text = JSON.stringify({ tokens: pages.map(({ token }) => token) });
    const headers = {
      "Content-Type": "text/plain;charset=UTF-8",
      "Content-Length": `${Buffer.byteLength(text)}`,
    };
    const request = new Request("https://count.example/", { method: "POST", headers, body: text });
    const reading = readBody(request, MAX_BATCH_BODY_BYTES, ConfirmBody);
    const body = await this.#deps.realWork.track(reading);
    const tokens = "tokens" in body ? body.tokens : [body.token];
    await this.#send(pages, tokens, first.visitor.colo);
  }

  /** One phone in twenty is in another network by now. */
  async #send(pages: readonly Page[], tokens: readonly string[], colo: Colo): Promise<void> {
    const { edge, scheduler } = this.#deps;
    const random = this.#random;
    const now = scheduler.now;
    const [first] = pages;
    if (first === undefined) return;
    const home = first.visitor.address(random);
    const address = random.chance(0.05) ? `198.51.100.${random.between(0, 255)}` : home;
    const waitMs = random.chance(0.7) ? 2_000 : undefined;
    const results = await edge(colo).confirm({ tokens, address, waitMs });
    for (const [index, page] of pages.entries()) {
      this.#answered(page, now - page.openedAt, results[index]);
    }
  }

  #answered(page: Page, age: number, result: ConfirmResult | undefined): void {
    const said = result?.status === "confirmed" ? result.ack : (result?.status ?? "nothing");
    this.answers.set(said, (this.answers.get(said) ?? 0) + 1);
    const expected = page.isForged ? "forged" : expectedAt(age);
    const status = result?.status ?? "nothing";
    if (status !== expected) {
      this.unexpected.push(`event ${page.number} at ${age} ms: ${said} and not ${expected}`);
    }
    if (status !== "confirmed") return;
    if (this.#deps.oracle.accepted(page.number)) this.acknowledged += 1;
    else this.copies += 1;
  }
}

const expectedAt = (age: number) => {
  if (age < DWELL_MS) return "early";
  return age < LIFE_MS ? "confirmed" : "expired";
};

const PURPOSES = ["prefetch", "prefetch;prerender", "preview"] as const;
const ELSEWHERE = ["FRA", "VIE", "LHR"] as const;
