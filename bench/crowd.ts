/** Many sockets to one place, and exactly who of them is there: what a room's numbers are held against. */
import { type CountMessage, PONG, type ServerMessage } from "../src/protocol/live-messages.ts";
import { joinCrowd, type Member } from "./crowd-member.ts";

export interface CrowdDeps {
  readonly url: string;
  /** In [0, 1). */
  random(): number;
}

/** One value on its way to everyone. */
interface Push {
  readonly firstAt: number;
  lastAt: number;
  receipts: number;
}

/** Visitors with a second socket, and joins of somebody who was there before. */
const SECOND_SOCKETS = 0.1;
const RETURNS = 0.2;

export class Crowd {
  readonly #deps: CrowdDeps;
  readonly #members = new Set<Member>();
  /** Sockets by visitor. */
  readonly #sockets = new Map<string, number>();
  readonly #gone: string[] = [];
  readonly #everSeen = new Set<string>();
  /** How many visitors there were when, by `performance.now()`; what is old is dropped. */
  readonly #history: { readonly at: number; readonly viewers: number }[] = [{ at: 0, viewers: 0 }];
  /** By what was sent, at the time it carries. */
  readonly pushes = new Map<number, Push>();
  /** Close codes the service ended sockets with. */
  readonly lost: number[] = [];
  /** Counts, and the shortest time between two of one socket, over those who left. */
  #countsOfGone = 0;
  #shortestPauseMs = Number.POSITIVE_INFINITY;
  #lastText = "";
  #lastMessage: ServerMessage | undefined;

  constructor(deps: CrowdDeps) {
    this.#deps = deps;
  }

  get members(): readonly Member[] {
    return [...this.#members];
  }

  get size(): number {
    return this.#members.size;
  }

  /** Distinct visitors who are there, and who ever were. */
  get viewers(): number {
    return this.#sockets.size;
  }

  get visitors(): number {
    return this.#everSeen.size;
  }

  get counts(): number {
    return this.members.reduce((sum, { counts }) => sum + counts, this.#countsOfGone);
  }

  /** Between two pushes to one socket, ms. */
  get shortestPauseMs(): number {
    return Math.min(
      this.#shortestPauseMs,
      ...this.members.map(({ shortestPauseMs }) => shortestPauseMs),
    );
  }

  /** The fewest and the most visitors since then. */
  between(since: number): readonly [number, number] {
    const before = this.#history.findLastIndex(({ at }) => at <= since);
    const seen = this.#history.slice(Math.max(0, before)).map(({ viewers }) => viewers);
    return [Math.min(...seen), Math.max(...seen)];
  }

  /** Somebody new, somebody who was there before, or a second socket of somebody who is there. */
  joinAny(): Promise<Member> {
    const { random } = this.#deps;
    const pick = random();
    if (pick < SECOND_SOCKETS) {
      const someone = this.#anyMember();
      if (someone !== undefined && this.#sockets.get(someone.visitor) === 1) {
        return this.join(someone.visitor);
      }
    } else if (pick < SECOND_SOCKETS + RETURNS && this.#gone.length > 0) {
      const [back] = this.#gone.splice(Math.floor(random() * this.#gone.length), 1);
      if (back !== undefined) return this.join(back);
    }
    return this.join(`visitor-${this.#everSeen.size}`);
  }

  async join(visitor: string): Promise<Member> {
    this.#everSeen.add(visitor);
    const number = Number(visitor.split("-")[1] ?? 0);
    const member = await joinCrowd(visitor, {
      url: this.#deps.url,
      address: `10.${(number >> 8) & 255}.${number & 255}.7`,
      read: (text) => this.#read(text),
      onCount: (_, count, first) => {
        if (!first) this.#noteReceipt(count);
      },
      onLost: (lost, code) => {
        this.lost.push(code);
        this.#remove(lost);
      },
    });
    this.#members.add(member);
    this.#sockets.set(visitor, (this.#sockets.get(visitor) ?? 0) + 1);
    this.#remember();
    return member;
  }

  leaveAny(): void {
    const member = this.#anyMember();
    if (member !== undefined) this.leave(member);
  }

  leave(member: Member): void {
    member.leave();
    this.#remove(member);
  }

  #anyMember(): Member | undefined {
    // The oldest of a random number: cheap, and every age leaves.
    let skip = Math.floor(this.#deps.random() * this.#members.size);
    for (const member of this.#members) {
      if (skip === 0) return member;
      skip -= 1;
    }
    return undefined;
  }

  #remove(member: Member): void {
    this.#members.delete(member);
    this.#countsOfGone += member.counts;
    this.#shortestPauseMs = Math.min(this.#shortestPauseMs, member.shortestPauseMs);
    const left = (this.#sockets.get(member.visitor) ?? 1) - 1;
    if (left > 0) this.#sockets.set(member.visitor, left);
    else if (this.#sockets.delete(member.visitor)) this.#gone.push(member.visitor);
    this.#remember();
  }

  #remember(): void {
    this.#history.push({ at: performance.now(), viewers: this.#sockets.size });
    if (this.#history.length > 20_000) this.#history.splice(0, 10_000);
  }

  /** Everyone is told the same text, which is read once. */
  #read(text: string): ServerMessage | undefined {
    if (text === PONG) return undefined;
    if (text !== this.#lastText) {
      this.#lastText = text;
      this.#lastMessage = JSON.parse(text) as ServerMessage;
    }
    return this.#lastMessage;
  }

  #noteReceipt({ at }: CountMessage): void {
    const now = performance.now();
    const push = this.pushes.get(at);
    if (push === undefined) {
      this.pushes.set(at, { firstAt: now, lastAt: now, receipts: 1 });
      return;
    }
    push.lastAt = now;
    push.receipts += 1;
  }
}
