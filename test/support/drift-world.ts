import { settled } from "./hand-time.ts";
import { type FakeSocket, RoomHarness } from "./room-harness.ts";

export const SECOND_MS = 1_000;

/** A room full of clients that do what clients do: they ping every 20 s and answer when they are asked. */
export class DriftWorld {
  readonly room = new RoomHarness();
  readonly clients: FakeSocket[] = [];
  /** Clients whose sockets the platform has lost; the room's copies say that they ping. */
  readonly hidden: FakeSocket[] = [];
  #secondsPassed = 0;

  constructor() {
    this.room.open();
  }

  static async with(viewers: number): Promise<DriftWorld> {
    const world = new DriftWorld();
    for (let i = 0; i < viewers; i += 1) await world.enter(`v${i}`);
    await world.pass(3);
    return world;
  }

  async enter(visitor: string): Promise<FakeSocket> {
    const client = await this.room.connect({ visitor });
    client.onBeat = () => this.room.ping(client);
    this.clients.push(client);
    return client;
  }

  /** Everybody is heard of now. */
  pingAll(): void {
    for (const client of [...this.clients, ...this.hidden]) this.room.ping(client);
  }

  /** Takes some out of the list of clients: from now on they do nothing. */
  some(count: number): readonly FakeSocket[] {
    return this.clients.splice(0, count);
  }

  /** @param each runs after each second */
  async pass(seconds: number, each: () => unknown = () => undefined): Promise<void> {
    for (let second = 0; second < seconds; second += 1) {
      this.#secondsPassed += 1;
      for (const [index, client] of [...this.clients, ...this.hidden].entries()) {
        if ((this.#secondsPassed + index) % 20 === 0) this.room.ping(client);
      }
      this.room.pass(SECOND_MS);
      await settled();
      await each();
    }
  }

  /** @returns the seconds until it holds */
  async until(seconds: number, holds: () => boolean): Promise<number> {
    for (let second = 0; second <= seconds; second += 1) {
      if (holds()) return second;
      await this.pass(1);
    }
    throw new Error(`it does not hold within ${seconds} s`);
  }

  get viewers(): number {
    return this.room.numbers().viewers;
  }
}

/** Three ways in which a room's viewers go wrong. Each injection is of so many viewers. */
export const INJECTIONS = {
  /** The platform has lost sockets of which the room still has a copy. */
  "sockets removed behind the room's back": {
    inject(world: DriftWorld, count: number): number {
      const lost = new Set(world.some(count));
      world.hidden.push(...lost);
      world.room.sockets = world.room.sockets.filter((socket) => !lost.has(socket));
      return -count;
    },
  },
  "viewers lost whose sockets are open": {
    inject(world: DriftWorld, count: number): number {
      for (const client of world.clients.slice(0, count)) world.room.room.gone(client);
      return 0;
    },
  },
  "leaves nobody reports": {
    inject(world: DriftWorld, count: number): number {
      world.pingAll();
      for (const client of world.some(count)) client.close(1000);
      return -count;
    },
  },
} as const;
