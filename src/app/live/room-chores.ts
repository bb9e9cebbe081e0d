import type { SavedStream } from "../../ports/room-store.ts";
import type { Attendance } from "./attendance.ts";
import type { Broadcast } from "./broadcast.ts";
import type { Chore } from "./chores.ts";
import type { Door } from "./door.ts";
import type { ListPublisher } from "./list-publisher.ts";
import type { Outbox } from "./outbox.ts";
import type { ReadModelPublisher } from "./read-model-publisher.ts";
import type { Drift } from "./room-drift.ts";
import type { Numbers } from "./room-numbers.ts";

export interface RoomParts {
  readonly attendance: Attendance;
  readonly broadcast: Broadcast;
  readonly publisher: ListPublisher;
  /** `undefined`: the deployment has none. */
  readonly readModel: ReadModelPublisher | undefined;
  readonly numbers: Numbers;
  readonly door: Door;
  readonly outbox: Outbox;
  readonly drift: Drift;
  /** As it now is; `undefined` before its first start. */
  stream(): SavedStream | undefined;
  /** What changed in memory goes to the disk. @param now ms */
  save(now: number): void;
  /** Something that went on in the background is done; what is to be done later may have changed. */
  rearm(): void;
  /** The same where the alarm may ring for what is done by now. */
  rearmExactly(): void;
}

/** All that a room's alarm is for, in the order in which it is done. */
export const roomChores = (parts: RoomParts): readonly Chore[] => {
  const { attendance, broadcast, numbers, door } = parts;
  return [
    { dueAt: () => attendance.connections.nextLook() },
    { dueAt: () => attendance.ledger.wakeAt },
    {
      dueAt: () => door.saltEnds(parts.stream()?.endedAt ?? null),
      work: () => door.deleteSalt(),
    },
    { dueAt: () => attendance.saveAt, work: (now) => parts.save(now) },
    reconciling(parts),
    {
      // Numbers that are held are not said again.
      dueAt: () => (numbers.isHeld ? null : broadcast.pushAt(attendance.numbers)),
      work: (now) => broadcast.push(numbers.count(now), now),
    },
    ...showing(parts),
    publishing(parts),
    bringing(parts),
  ];
};

const reconciling = ({ attendance, broadcast, drift, stream, save }: RoomParts): Chore => ({
  dueAt() {
    if (stream()?.endedAt !== null) return null;
    return drift.reconciler.dueAt(broadcast.isHeard || attendance.numbers.viewers > 0);
  },
  work(now) {
    // Leases are counted as the disk has them.
    if (attendance.saveAt !== null) save(now);
    drift.reconciler.step(now);
  },
});

/** To the read model. */
const showing = ({ readModel, ...parts }: RoomParts): readonly Chore[] => {
  if (readModel === undefined) return [];
  const { attendance, numbers, stream, save, rearmExactly } = parts;
  return [
    {
      dueAt() {
        const known = stream();
        if (known === undefined) return null;
        return readModel.publishAt(numbers.unstamped(known), known.endedAt);
      },
      work(now) {
        const known = stream();
        if (known === undefined) return;
        if (attendance.saveAt !== null) save(now);
        readModel.publish(numbers.published(known, now), rearmExactly);
      },
    },
  ];
};

/** To the list of live streams. */
const publishing = (parts: RoomParts): Chore => {
  const { attendance, publisher, numbers, drift } = parts;
  return {
    dueAt() {
      const stream = parts.stream();
      if (stream === undefined) return null;
      const { unsaved } = attendance.ledger;
      return publisher.publishAt(numbers.unstamped(stream), stream.endedAt, unsaved);
    },
    work(now) {
      const stream = parts.stream();
      if (stream === undefined) return;
      parts.save(now);
      publisher.publish(numbers.entry(stream, now), (heard) => {
        if (heard === undefined) return;
        attendance.ledger.savedThrough(heard.answer.saved);
        drift.heard(heard);
        parts.rearm();
      });
    },
  };
};

/** To the database. */
const bringing = ({ outbox, stream, rearm }: RoomParts): Chore => ({
  dueAt: () => outbox.dueAt(),
  work() {
    const known = stream();
    if (known !== undefined) outbox.send(known.stream, rearm);
  },
});
