import type { StreamId } from "../core/ids.ts";
import type {
  Arrival,
  ForgetAnswer,
  HeartbeatAnswer,
  NumbersAnswer,
  ReconcileAnswer,
  RoomNumbers,
  StreamStart,
} from "../protocol/room-rpc.ts";

/** The Rooms by stream. Every call throws when the object fails or does not answer in time, and is safe to repeat. */
export interface Rooms {
  open(start: StreamStart): Promise<RoomNumbers>;
  end(stream: StreamId): Promise<NumbersAnswer>;
  numbers(stream: StreamId): Promise<NumbersAnswer>;
  heartbeat(stream: StreamId, arrival: Arrival): Promise<HeartbeatAnswer>;
  reconcile(stream: StreamId): Promise<ReconcileAnswer>;
  forgetUser(stream: StreamId, user: string): Promise<ForgetAnswer>;
  /** Hands an upgrade on. @returns 101, or a socket that is closed at once with a code that says why */
  connect(stream: StreamId, arrival: Arrival, request: Request): Promise<Response>;
}
