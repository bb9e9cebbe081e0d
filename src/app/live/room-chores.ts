import type { RoomStore, SavedStream } from "../../ports/room-store.ts";
import type { Attendance } from "./attendance.ts";
import type { Broadcast } from "./broadcast.ts";
import type { Chore } from "./chores.ts";
import type { Door } from "./door.ts";
import type { Publisher } from "./publisher.ts";
import type { Numbers } from "./room-numbers.ts";

export interface RoomParts {
  readonly store: Pick<RoomStore, "saveAliveAt">;
  readonly attendance: Attendance;
  readonly broadcast: Broadcast;
  readonly publisher: Publisher;
  readonly numbers: Numbers;
  readonly door: Door;
  /** As it now is; `undefined` before its first start. */
  stream(): SavedStream | undefined;
  /** Something that went on in the background is done; what is to be done later may have changed. */
  rearm(): void;
}

/** All that a room's alarm is for, in the order in which it is done. */
export const roomChores = (parts: RoomParts): readonly Chore[] => {
  const { attendance, broadcast, numbers, door } = parts;
  return [
    { dueAt: () => attendance.connections.nextLook() },
    { dueAt: () => attendance.midnight },
    {
      dueAt: () => door.saltEnds(parts.stream()?.endedAt ?? null),
      work: () => door.deleteSalt(),
    },
    { dueAt: () => attendance.saveAt, work: (now) => attendance.save(now) },
    {
      dueAt: () => broadcast.pushAt(attendance.numbers),
      work: (now) => broadcast.push(numbers.count(now), now),
    },
    publishing(parts),
  ];
};

const publishing = ({ store, publisher, numbers, stream, rearm }: RoomParts): Chore => ({
  dueAt() {
    const known = stream();
    if (known === undefined) return null;
    return publisher.publishAt(numbers.unstamped(known), known.endedAt);
  },
  work(now) {
    const known = stream();
    if (known === undefined) return;
    store.saveAliveAt(now);
    publisher.publish(numbers.entry(known, now), rearm);
  },
});
