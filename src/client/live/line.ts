/**
 * How a page stays connected to a stream: a socket that is opened again when it ends, and heartbeats while none opens.
 * Whoever is counted by both is one viewer, since a room knows viewers and not connections.
 */
import { CLOSE_CODES } from "../../protocol/live-messages.ts";
import { type Heartbeats, startHeartbeats, type Who } from "./heartbeat.ts";
import type { Heard, Numbers } from "./numbers.ts";
import { failuresAfter, pauseMs } from "./pause.ts";
import { openSocket, type SocketEnd } from "./socket.ts";
import { BLOCKED_AFTER, BLOCKED_PAUSE_MS, STEADY_MS } from "./times.ts";

export interface LineDeps {
  /** Of the stream at the service. */
  readonly address: string;
  readonly role: "viewer" | "observer";
  /** With a fresh ticket each time. @throws when the page has none at the moment */
  who(): Promise<Who>;
  /** Whether `who` can come with another ticket than before. */
  canRenew(): boolean;
  onNumbers(numbers: Numbers): void;
  /** The numbers heard last still hold. */
  onAlive(): void;
  onEnded(): void;
}

export interface Line {
  /** The network went away: the socket may not know yet. */
  lose(): void;
  /** A good moment to connect, unless it is connected: the network is back. */
  dial(): void;
  /** For good. */
  close(): void;
}

export const openLine = (deps: LineDeps): Line => {
  const { address, role, onNumbers, onAlive, onEnded } = deps;
  let hangUpSocket: (() => void) | undefined;
  let heartbeats: Heartbeats | undefined;
  let timer: ReturnType<typeof setTimeout>;
  let failures = 0;
  let unopened = 0;
  /** As it was sent last; a heartbeat goes with the ticket of the one before. */
  let who: Who | undefined;
  let closed = false;
  /** Of the latest attempt: what an earlier one still waited for comes too late. */
  let attempt = 0;

  const stopHeartbeats = (): void => {
    heartbeats?.stop();
    heartbeats = undefined;
  };
  const hangUp = (): void => {
    attempt += 1;
    clearTimeout(timer);
    hangUpSocket?.();
    hangUpSocket = undefined;
  };
  const close = (): void => {
    closed = true;
    hangUp();
    stopHeartbeats();
  };
  const finish = (ended: boolean): void => {
    close();
    if (ended) onEnded();
  };
  const onHeard = (heard: Heard | undefined): void => {
    stopHeartbeats();
    onAlive();
    if (heard?.type === "count") onNumbers(heard);
    else if (heard?.type === "status" && heard.status === "ended") finish(true);
  };
  const beat = (): void => {
    heartbeats ??= startHeartbeats({
      address,
      role,
      onNumbers,
      onRefused: finish,
      async who(anew) {
        if (anew) who = undefined;
        who ??= await deps.who();
        return who;
      },
    });
  };

  const onEnd = ({ code, livedMs }: SocketEnd): void => {
    hangUp();
    unopened = livedMs === undefined ? unopened + 1 : 0;
    if (livedMs !== undefined && livedMs >= STEADY_MS) failures = 0;
    const next = failuresAfter(code, failures);
    if (next === undefined || (code === CLOSE_CODES.ticket && !deps.canRenew())) {
      finish(code === CLOSE_CODES.ended);
      return;
    }
    failures = next + 1;
    if (unopened >= BLOCKED_AFTER) beat();
    // when heartbeats fail as well it is not the socket that is in the way
    const random = Math.random();
    const blocked = heartbeats?.works();
    timer = setTimeout(
      dial,
      blocked ? (BLOCKED_PAUSE_MS * (1 + random)) / 2 : pauseMs(next, random),
    );
  };

  const dial = async (): Promise<void> => {
    hangUp();
    const mine = attempt;
    try {
      who = await deps.who();
      if (mine !== attempt) return;
      const query = new URLSearchParams({ role, ...who });
      hangUpSocket = openSocket(`${address.replace("http", "ws")}/live?${query}`, onHeard, onEnd);
    } catch {
      if (mine === attempt) onEnd({ code: 0, livedMs: undefined });
    }
  };

  return {
    close,
    lose() {
      if (!closed) onEnd({ code: 0, livedMs: 0 });
    },
    dial() {
      if (!hangUpSocket && !closed) void dial();
    },
  };
};
