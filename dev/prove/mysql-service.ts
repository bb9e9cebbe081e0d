/** The service on a MySQL of its own, through the protocol of PlanetScale: either can be killed, and come back. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { MySqlAddress } from "../mysql/address.ts";
import { privateAddress, startPrivate } from "../mysql/private.ts";
import { startGateway } from "../planetscale-gateway/gateway.ts";
import { type Service, startService } from "../service.ts";

export interface MySqlServiceOptions {
  /** Directory of the state and the database. */
  readonly state: string;
  readonly secrets: string;
  /** As `startService` takes it. */
  readonly start?: string;
}

export interface MySqlService {
  /** Another one after its runner was killed, at the same address. */
  readonly service: Service;
  readonly mysql: MySqlAddress;
  killDatabase(): Promise<void>;
  restartDatabase(): Promise<void>;
  /** Resolves when there is a new one. */
  killRunner(): Promise<void>;
  close(): Promise<void>;
}

export const startMySqlService = async (options: MySqlServiceOptions): Promise<MySqlService> => {
  // Of its own: the service's state has a place for a database that it starts itself.
  const beside = join(options.state, "beside");
  mkdirSync(beside, { recursive: true });
  let server = await startPrivate(beside);
  const mysql = privateAddress(beside);
  const gateway = await startGateway({ mysql, port: 0, user: "prover", password: "of-the-proof" });
  const start = (port: number) => startService({ ...options, port, databaseUrl: gateway.url });
  const stopDatabase = async (): Promise<void> => {
    await gateway.close();
    await server.stop();
  };
  let service = await start(0).catch(async (cause: unknown) => {
    await stopDatabase();
    throw cause;
  });
  const port = Number(new URL(service.url).port);
  return {
    get service() {
      return service;
    },
    mysql,
    killDatabase: () => server.kill(),
    restartDatabase: async () => {
      server = await startPrivate(beside);
    },
    killRunner: async () => {
      service.signal("SIGKILL");
      await service.exited;
      service = await start(port);
    },
    close: async () => {
      service.signal("SIGTERM");
      await service.exited;
      await stopDatabase();
    },
  };
};
