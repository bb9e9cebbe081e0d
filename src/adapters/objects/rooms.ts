import type { StreamId } from "../../core/ids.ts";
import { READ_TIMEOUT_MS } from "../../core/limits.ts";
import type { Rooms } from "../../ports/rooms.ts";
import { demandWithin, type Timers } from "../../ports/timers.ts";
import { encodeArrival } from "../../protocol/arrival-header.ts";
import { ARRIVAL_HEADER, type RoomRpc } from "../../protocol/room-rpc.ts";
import type { Stubs } from "./stubs.ts";

export const objectRooms = (stubs: Stubs<RoomRpc>, timers: Timers): Rooms => {
  const ask = <T>(stream: StreamId, call: (room: RoomRpc) => Promise<T>): Promise<T> => {
    const name = `room:${stream}`;
    return demandWithin(call(stubs.getByName(name)), READ_TIMEOUT_MS, name, timers);
  };
  return {
    open: (start) => ask(start.stream, (room) => room.open(start)),
    end: (stream) => ask(stream, (room) => room.end()),
    numbers: (stream) => ask(stream, (room) => room.numbers()),
    heartbeat: (stream, arrival) => ask(stream, (room) => room.heartbeat(arrival)),
    reconcile: (stream) => ask(stream, (room) => room.reconcile()),
    forgetUser: (stream, user) => ask(stream, (room) => room.forgetUser(user)),
    async connect(stream, arrival) {
      // Made anew: nothing else the client sent is the room's business.
      const headers = { Upgrade: "websocket", [ARRIVAL_HEADER]: encodeArrival(arrival) };
      const upgrade = new Request("https://room.internal/", { headers });
      const { status, webSocket } = await ask(stream, (room) => room.fetch(upgrade));
      if (webSocket === null) throw new Error(`room:${stream} answered ${status} to an upgrade`);
      // One whose headers can be set.
      return new Response(null, { status, webSocket });
    },
  };
};
