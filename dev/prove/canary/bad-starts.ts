/** Services whose stores cannot be reached: what they say of that names no password. */
import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { type ServiceOptions, startService } from "../../service.ts";
import type { MarkBook } from "./book.ts";
import type { Written } from "./written.ts";

/** Nobody listens there. */
const NOBODY = "127.0.0.1:1";

/** @returns what they printed, and what came of them */
export const startBadly = async (book: MarkBook, state: string): Promise<readonly Written[]> => {
  const password = () => book.make("password");
  const starts: readonly Partial<ServiceOptions>[] = [
    { databaseUrl: `mysql://prover:${password()}@${NOBODY}/headcount` },
    { databaseUrl: `http://prover:${password()}@${NOBODY}` },
    { databaseUrl: `mysql:/prover:${password()}@` },
    { databaseUrl: `http://${password()}:@[::1` },
  ];
  const written: Written[] = [];
  for (const [number, start] of starts.entries()) {
    const directory = join(state, `bad-start-${number}`);
    mkdirSync(directory, { recursive: true });
    const secrets = join(directory, ".dev.vars");
    appendFileSync(secrets, `TICKET_KEYS="${password()}"\n`);
    const said = await startService({ state: directory, secrets, port: 0, ...start }).then(
      async (service) => {
        service.signal("SIGTERM");
        await service.exited;
        return service.output();
      },
      (cause: unknown) => `${cause}`,
    );
    written.push({ place: "output", name: `bad start ${number}`, bytes: Buffer.from(said) });
  }
  return written;
};
