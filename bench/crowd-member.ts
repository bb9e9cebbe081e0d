/** One socket of a crowd: it pings as the SDK does, and remembers what it was told. */
import WebSocket from "ws";
import {
  type CountMessage,
  PING,
  PING_MS,
  type ServerMessage,
} from "../src/protocol/live-messages.ts";

export interface MemberDeps {
  readonly url: string;
  /** Each visitor has a network of its own. */
  readonly address: string;
  /** @param text the same for everyone who is told the same */
  read(text: string): ServerMessage | undefined;
  /** @param first of its socket: that one is the greeting */
  onCount(member: Member, count: CountMessage, first: boolean): void;
  /** It was not this side that ended it. */
  onLost(member: Member, code: number): void;
}

export interface Member {
  readonly visitor: string;
  /** The last one it was told. */
  readonly count: CountMessage | undefined;
  readonly counts: number;
  /** Between two pushes, by the time they carry, ms; the greeting is none. */
  readonly shortestPauseMs: number;
  leave(): void;
}

const OPEN_TIMEOUT_MS = 30_000;

const USER_AGENT =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36";

/** Resolves when it is connected. */
export const joinCrowd = (visitor: string, deps: MemberDeps): Promise<Member> => {
  const { url, address, read, onCount, onLost } = deps;
  const { promise, resolve, reject } = Promise.withResolvers<Member>();
  const socket = new WebSocket(`${url}?client=${visitor}`, {
    headers: { "CF-Connecting-IP": address, "User-Agent": USER_AGENT },
    origin: "https://news.example",
    perMessageDeflate: false,
    handshakeTimeout: OPEN_TIMEOUT_MS,
  });
  const timer = setInterval(() => socket.send(PING), PING_MS);
  const member = {
    visitor,
    count: undefined as CountMessage | undefined,
    counts: 0,
    shortestPauseMs: Number.POSITIVE_INFINITY,
    leave() {
      clearInterval(timer);
      left = true;
      socket.close();
    },
  };
  let left = false;
  socket.on("open", () => resolve(member));
  socket.on("error", reject);
  socket.on("message", (data) => {
    if (left) return;
    const message = read(`${data}`);
    if (message?.type === "beat") socket.send(PING);
    if (message?.type !== "count") return;
    const { count: last, counts } = member;
    if (counts > 1 && last !== undefined) {
      member.shortestPauseMs = Math.min(member.shortestPauseMs, message.at - last.at);
    }
    member.count = message;
    member.counts += 1;
    onCount(member, message, counts === 0);
  });
  socket.on("close", (code) => {
    clearInterval(timer);
    if (!left) onLost(member, code);
  });
  return promise;
};
