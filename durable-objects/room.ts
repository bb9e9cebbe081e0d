import { DurableObject } from "cloudflare:workers";
import { type ComposedRoom, composeRoom } from "../src/compose-objects.ts";
import type { UncheckedEnv } from "../src/env.ts";
import { decodeArrival } from "../src/protocol/arrival-header.ts";
import {
  ARRIVAL_HEADER,
  type Arrival,
  type ForgetAnswer,
  type HeartbeatAnswer,
  type NumbersAnswer,
  type ReconcileAnswer,
  type RoomNumbers,
  type RoomRpc,
  type StreamStart,
} from "../src/protocol/room-rpc.ts";
import { objectContext } from "./object-context.ts";

/** Object `room:<stream>`: see `src/app/live/room.ts`. */
export class Room extends DurableObject<UncheckedEnv> implements RoomRpc {
  readonly #composed: ComposedRoom;

  constructor(ctx: DurableObjectState, env: UncheckedEnv) {
    super(ctx, env);
    this.#composed = composeRoom(objectContext(ctx), ctx, env);
  }

  override async fetch(request: Request): Promise<Response> {
    const arrival = decodeArrival(request.headers.get(ARRIVAL_HEADER) ?? "");
    if (arrival === undefined) return new Response(null, { status: 400 });
    const upgrade = this.#composed.sockets.upgrade();
    await this.#composed.room.connect(arrival, upgrade);
    return upgrade.response();
  }

  async open(start: StreamStart): Promise<RoomNumbers> {
    return this.#composed.room.open(start);
  }

  async end(): Promise<NumbersAnswer> {
    return this.#composed.room.end();
  }

  async numbers(): Promise<NumbersAnswer> {
    return this.#composed.room.numbers();
  }

  heartbeat(arrival: Arrival): Promise<HeartbeatAnswer> {
    return this.#composed.room.heartbeat(arrival);
  }

  async reconcile(): Promise<ReconcileAnswer> {
    return this.#composed.room.reconcile();
  }

  forgetUser(user: string): Promise<ForgetAnswer> {
    return this.#composed.room.forgetUser(user);
  }

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): void {
    this.#composed.room.message(this.#composed.sockets.of(socket), message);
  }

  override webSocketClose(socket: WebSocket, code: number): void {
    const closing = this.#composed.sockets.of(socket);
    this.#composed.room.gone(closing);
    // Unanswered, the socket would stay half closed; also of a client that says 1015, which nobody may (RFC 6455, 7.4.1).
    closing.close(isOurs(code) ? code : NORMAL, "");
  }

  override webSocketError(socket: WebSocket): void {
    this.#composed.room.gone(this.#composed.sockets.of(socket));
  }

  override alarm(): void {
    this.#composed.room.alarm();
  }
}

const NORMAL = 1000;

/** Codes that an application may send. */
const isOurs = (code: number): boolean => code === NORMAL || (code >= 3000 && code < 5000);
