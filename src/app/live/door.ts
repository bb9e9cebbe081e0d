import type { Hash64 } from "../../core/hash.ts";
import { ROOM_SALT_LIFE_MS, SOCKETS_PER_VISITOR } from "../../core/limits.ts";
import type { Connection } from "../../core/live/viewer-set.ts";
import type { KeyedHash } from "../../ports/keyed-hash.ts";
import type { Random } from "../../ports/random.ts";
import type { RoomSocket, Upgrade } from "../../ports/room-sockets.ts";
import type { RoomStore } from "../../ports/room-store.ts";
import { toBase64Url } from "../../protocol/base64url.ts";
import { CLOSE_CODES, type CloseReason, PING, PONG } from "../../protocol/live-messages.ts";
import type { Arrival, Role } from "../../protocol/room-rpc.ts";
import { readAttachment, writeAttachment } from "./attachment.ts";
import type { Attendance } from "./attendance.ts";
import type { Broadcast } from "./broadcast.ts";
import { connectionOf } from "./evidence.ts";
import { identityOfUser } from "./identity.ts";
import { leaseId } from "./lease.ts";

export interface DoorDeps {
  readonly store: Pick<RoomStore, "salt" | "saveSalt" | "deleteSalt">;
  readonly keyedHash: KeyedHash;
  readonly random: Random;
  /** Connections one network may have here. */
  readonly perNetwork: number;
}

/** Who comes, as the room knows it: nobody can tell from it who that is without the room's salt. */
export interface Keys {
  readonly visitor: string;
  readonly network: string;
}

const SALT_BYTES = 32;
const ID_BYTES = 12;

/** Two messages of a client are at least this far apart. */
const MESSAGE_PAUSE_MS = 1_000;

/** Who may come in, under which keys, and what is said of sockets there. */
export class Door {
  readonly #deps: DoorDeps;
  readonly #attendance: Attendance;
  readonly #broadcast: Broadcast;
  /** Last message by socket, ms; in memory alone, since a flood keeps the object awake. */
  readonly #heardAt = new WeakMap<RoomSocket, number>();
  /** One array for its whole life: the imported key is remembered by it. */
  #salt: Uint8Array | undefined;

  constructor(deps: DoorDeps, attendance: Attendance, broadcast: Broadcast) {
    this.#deps = deps;
    this.#attendance = attendance;
    this.#broadcast = broadcast;
    this.#salt = deps.store.salt();
  }

  /** When the salt has to go. @param endedAt of the stream, ms @returns ms; `null` while it is needed, or gone */
  saltEnds(endedAt: number | null): number | null {
    return endedAt === null || this.#salt === undefined ? null : endedAt + ROOM_SALT_LIFE_MS;
  }

  /**
   * Makes the salt unless it is still there from before. One that should be gone is not taken up again because the
   * alarm was late.
   * @param endedAt of the start before, ms
   */
  ensureSalt(endedAt: number | null, now: number): void {
    const ends = this.saltEnds(endedAt);
    if (ends !== null && ends <= now) this.deleteSalt();
    if (this.#salt !== undefined) return;
    this.#salt = this.#deps.random.bytes(SALT_BYTES);
    this.#deps.store.saveSalt(this.#salt);
  }

  /** From now on nobody can tell who was here. */
  deleteSalt(): void {
    this.#salt = undefined;
    this.#deps.store.deleteSalt();
  }

  /** @returns `undefined` when there is no salt to make them with */
  async keysOf({ identity, network }: Arrival): Promise<Keys | undefined> {
    const { keyedHash } = this.#deps;
    const salt = this.#salt;
    if (salt === undefined) return undefined;
    const visitorKey = keyedHash.hash(salt, identity);
    const networkKey = keyedHash.hash(salt, `network\n${network}`);
    return { visitor: asHex(await visitorKey), network: asHex(await networkKey) };
  }

  /** @returns the key of somebody who comes with tickets; `undefined` when there is no salt to make it with */
  async keyOfUser(user: string): Promise<string | undefined> {
    const salt = this.#salt;
    if (salt === undefined) return undefined;
    return asHex(await this.#deps.keyedHash.hash(salt, identityOfUser(user)));
  }

  /** @returns the connections that had to go */
  showOut(visitor: string, now: number): number {
    const shown = this.#attendance.connections.ofVisitor(visitor);
    for (const { id } of shown) {
      this.#attendance.leave(id, now);
      // Whether it may come back is for the site to say, with another ticket.
      this.#broadcast.close(id, "ticket");
    }
    this.#attendance.connections.forgetArrival(visitor);
    return shown.length;
  }

  /** @returns the socket; `undefined` when it had to be refused */
  enter(keys: Keys, role: Role, upgrade: Upgrade, now: number): RoomSocket | undefined {
    const { connections } = this.#attendance;
    const replaced = connections.replacedByOneMore(keys.visitor, SOCKETS_PER_VISITOR);
    if (replaced === undefined && !this.#hasRoomFor(keys.network)) {
      refuse(upgrade, "crowded");
      return undefined;
    }
    const id = toBase64Url(this.#deps.random.bytes(ID_BYTES));
    const entered = { id, role, ...keys, openedAt: now };
    const socket = upgrade.accept(writeAttachment(entered));
    this.#broadcast.add(id, socket);
    this.#attendance.join({ ...entered, kind: "socket", lastSeen: now }, now);
    // Only now, so that the visitor is there throughout.
    if (replaced !== undefined) {
      this.#attendance.leave(replaced.id, now);
      this.#broadcast.close(replaced.id, "replaced");
    }
    return socket;
  }

  /** @returns whether there is room for it; a lease that is there already is always renewed */
  renewLease(keys: Keys, now: number): boolean {
    const id = leaseId(keys.visitor);
    const { connections } = this.#attendance;
    if (!connections.has(id) && !this.#hasRoomFor(keys.network)) return false;
    const lease = { id, kind: "lease", role: "viewer", ...keys, openedAt: now } as const;
    this.#attendance.join({ ...lease, lastSeen: now }, now);
    return true;
  }

  /** Shows out who has been silent for too long, and asks who was not heard of lately. */
  look(now: number): void {
    const { silent, quiet } = this.#attendance.look(
      now,
      ({ id }) => this.#broadcast.get(id)?.pingedAt() ?? 0,
    );
    for (const { id } of silent) this.#broadcast.close(id, "silent");
    if (quiet.length > 0) this.#broadcast.beat(quiet);
  }

  leave(socket: RoomSocket, now: number): void {
    const kept = readAttachment(socket.attachment());
    if (kept === undefined) return;
    this.#broadcast.remove(kept.id);
    this.#attendance.leave(kept.id, now);
  }

  /** The platform answers pings by itself, so that whatever else arrives is at best a mistake. */
  hear(from: RoomSocket, message: unknown, now: number): void {
    const kept = readAttachment(from.attachment());
    const socket = kept && this.#broadcast.get(kept.id);
    // One that is being closed may have sent more before it heard of it.
    if (kept === undefined || socket === undefined) return;
    const flood = now - (this.#heardAt.get(socket) ?? Number.NEGATIVE_INFINITY) < MESSAGE_PAUSE_MS;
    if (flood || message !== PING) {
      this.#attendance.leave(kept.id, now);
      this.#broadcast.close(kept.id, flood ? "flood" : "unreadable");
      return;
    }
    this.#heardAt.set(socket, now);
    this.#attendance.connections.seen(kept.id, now);
    socket.send(PONG);
  }

  #hasRoomFor(network: string): boolean {
    return this.#attendance.connections.inNetwork(network) < this.#deps.perNetwork;
  }
}

/** Finds out who the sockets are that outlived the instance before. */
export const recoverSockets = (
  sockets: Iterable<RoomSocket>,
  broadcast: Broadcast,
): readonly Connection[] => {
  const connections: Connection[] = [];
  for (const socket of sockets) {
    const connection = connectionOf(socket);
    if (connection === undefined) {
      // It comes back and is somebody again.
      socket.close(CLOSE_CODES.silent, "silent");
      continue;
    }
    broadcast.add(connection.id, socket);
    connections.push(connection);
  }
  return connections;
};

export const refuse = (upgrade: Upgrade, reason: CloseReason): void =>
  upgrade.refuse(CLOSE_CODES[reason], reason);

const asHex = ({ hi, lo }: Hash64): string => `${hex32(hi)}${hex32(lo)}`;

const hex32 = (value: number): string => value.toString(16).padStart(8, "0");
