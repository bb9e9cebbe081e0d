import { nextPushAt } from "../../core/live/push-cadence.ts";
import type { RoomSocket } from "../../ports/room-sockets.ts";
import type { RoomStore, Told } from "../../ports/room-store.ts";
import {
  CLOSE_CODES,
  type CloseReason,
  type CountMessage,
  type ServerMessage,
  type StreamStatus,
} from "../../protocol/live-messages.ts";

type Count = Omit<CountMessage, "type">;
type Numbers = Omit<Count, "at">;

/** What the sockets of a room are told, and whether all of them know the current numbers. */
export class Broadcast {
  readonly #store: Pick<RoomStore, "told" | "saveTold">;
  readonly #sockets = new Map<string, RoomSocket>();
  /** What all sockets know; `undefined` once some of them know something else. */
  #told: Told | undefined;
  #pushedAt: number;

  constructor(store: Pick<RoomStore, "told" | "saveTold">) {
    this.#store = store;
    this.#told = store.told("sockets");
    this.#pushedAt = this.#told?.at ?? Number.NEGATIVE_INFINITY;
  }

  add(id: string, socket: RoomSocket): void {
    this.#sockets.set(id, socket);
  }

  /** One that may have missed what all the others were told. */
  adopt(id: string, socket: RoomSocket): void {
    this.add(id, socket);
    this.#forget();
  }

  /** Whether anybody can be told anything. */
  get isHeard(): boolean {
    return this.#sockets.size > 0;
  }

  remove(id: string): void {
    this.#sockets.delete(id);
  }

  get(id: string): RoomSocket | undefined {
    return this.#sockets.get(id);
  }

  /** What a new socket is told before anything else. */
  greet(socket: RoomSocket, status: StreamStatus, count: Count): void {
    socket.send(encode({ type: "status", status }));
    socket.send(encodeCount(count));
    // Else a number that changes back before the next push would stay with this socket.
    if (this.#told?.numbers !== asText(count)) this.#forget();
  }

  /** @returns when the next push is due, ms; `null` when all know these numbers */
  pushAt(numbers: Numbers): number | null {
    const pending = this.#told?.numbers !== asText(numbers);
    return nextPushAt({ pending, lastPushAt: this.#pushedAt, sockets: this.#sockets.size });
  }

  push(count: Count, now: number): void {
    this.#sendAll(encodeCount(count));
    this.#told = { numbers: asText(count), viewers: count.viewers, at: now };
    this.#pushedAt = now;
    this.#store.saveTold("sockets", this.#told);
  }

  tell(status: StreamStatus): void {
    this.#sendAll(encode({ type: "status", status }));
  }

  /** Asks every socket for a sign of life. */
  beatAll(): void {
    this.#sendAll(encode({ type: "beat" }));
  }

  beat(ids: Iterable<{ readonly id: string }>): void {
    const text = encode({ type: "beat" });
    for (const { id } of ids) this.#sockets.get(id)?.send(text);
  }

  close(id: string, reason: CloseReason): void {
    const socket = this.#sockets.get(id);
    this.#sockets.delete(id);
    socket?.close(CLOSE_CODES[reason], reason);
  }

  end(): void {
    this.tell("ended");
    for (const id of [...this.#sockets.keys()]) this.close(id, "ended");
    this.#forget();
  }

  #forget(): void {
    if (this.#told === undefined) return;
    this.#told = undefined;
    this.#store.saveTold("sockets", undefined);
  }

  #sendAll(text: string): void {
    for (const socket of this.#sockets.values()) socket.send(text);
  }
}

const encode = (message: ServerMessage): string => JSON.stringify(message);

const encodeCount = ({ viewers, peak, total, at }: Count): string =>
  encode({ type: "count", viewers, peak, total, at });

/** Of what sockets are told, without its time. */
const asText = ({ viewers, peak, total }: Numbers): string => `${viewers} ${peak} ${total}`;
