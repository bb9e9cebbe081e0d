import { objectsReadModel } from "../../src/adapters/objects/read-model.ts";
import type { Rooms } from "../../src/ports/rooms.ts";

const unexpected = () => Promise.reject(new Error("no test asks for this here"));

/** As readers see rooms; there is nothing else. */
export const roomsAsReadModel = (rooms: Pick<Rooms, "numbers">) =>
  objectsReadModel({
    rooms,
    tallies: { counts: unexpected },
    rankings: { live: unexpected },
    viewRankings: { views: unexpected },
    schedule: [{ count: 1, fromHourMs: Number.NEGATIVE_INFINITY }],
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  });
