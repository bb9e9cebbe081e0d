import type { Clock } from "../../ports/clock.ts";
import type { RoomSockets } from "../../ports/room-sockets.ts";
import type { RoomStore } from "../../ports/room-store.ts";
import type { AttendanceDeps } from "./attendance.ts";
import type { DoorDeps } from "./door.ts";
import type { ListPublisherDeps } from "./list-publisher.ts";
import type { OutboxDeps } from "./outbox.ts";
import type { ReadModelPublisherDeps } from "./read-model-publisher.ts";
import type { DriftDeps } from "./room-drift.ts";

type PublishersDeps = ListPublisherDeps & ReadModelPublisherDeps;

export interface RoomDeps extends AttendanceDeps, PublishersDeps, DoorDeps, OutboxDeps, DriftDeps {
  /** Name of the object, `room:<stream>`. */
  readonly name: string;
  readonly store: RoomStore;
  readonly sockets: RoomSockets;
  readonly clock: Clock;
  /** Ends this instance: its memory has run ahead of what could be saved. */
  abort(reason: string): never;
}
