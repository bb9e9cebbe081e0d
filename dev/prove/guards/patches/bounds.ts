/** What keeps requests, viewers and memory within what was meant. */
import type { Patch } from "../patch.ts";

const ROOM = { project: "pure", file: "test/app/live/room.test.ts" } as const;
const SET = { project: "pure", file: "test/core/live/viewer-set.test.ts" } as const;

export const BOUND_PATCHES: readonly Patch[] = [
  {
    name: "sockets-of-a-network",
    guard: "how many sockets a network has in a stream",
    file: "src/app/live/door.ts",
    find: "return this.#attendance.connections.inNetwork(network) < this.#deps.perNetwork;",
    replace: "return this.#attendance.connections.inNetwork(network) >= 0;",
    test: {
      ...ROOM,
      name: "one network has so many connections, and a lease that is there is renewed all the same",
    },
    fails: /expected undefined to be 4006/,
  },
  {
    name: "sockets-of-a-visitor",
    guard: "how many sockets a visitor has in a stream",
    file: "src/app/live/door.ts",
    find: "connections.replacedByOneMore(keys.visitor, SOCKETS_PER_VISITOR)",
    replace: "connections.replacedByOneMore(keys.visitor, 100 * SOCKETS_PER_VISITOR)",
    test: { ...ROOM, name: "a visitor has four sockets, and a fifth closes the first" },
    fails: /expected undefined to be 40\d\d/,
  },
  {
    name: "flood-of-messages",
    guard: "that a socket says one thing a second",
    file: "src/app/live/door.ts",
    find: "if (flood || message !== PING) {",
    replace: "if (message !== PING) {",
    test: {
      project: "pure",
      file: "test/app/live/room.test.ts",
      name: "more than one message a second closes the socket as a flood",
    },
    fails: /expected undefined to be 4003/,
  },
  {
    name: "silent-viewers",
    guard: "that who is silent for 50 s is out of the number",
    file: "src/core/limits.ts",
    find: "export const LIVE_SILENT_MS = 50 * SECOND_MS;",
    replace: "export const LIVE_SILENT_MS = 70 * SECOND_MS;",
    test: { ...SET, name: "a socket silent for 30 s is asked once in 10 s, and goes after 50 s" },
    fails: /expected \[ 30000, 40000, 50000, 60000 \] to deeply equal \[ 30000, 40000 \]/,
  },
  {
    name: "registered-streams",
    guard: "that only a registered stream names an object",
    file: "src/app/live/arrive.ts",
    find: 'if (stream === undefined) return { status: "unknown-stream" };',
    replace:
      'if (stream === undefined) return { status: "arrived", arrival: { role: request.role, identity: "", network: "" } };',
    test: {
      project: "pure",
      file: "test/app/live/arrive.test.ts",
      name: "nobody arrives at a stream that nobody registered",
    },
    fails:
      /expected \{ Object \(status, arrival\) \} to deeply equal \{ status: 'unknown-stream' \}/,
  },
];
