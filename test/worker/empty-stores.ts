import { applyD1Migrations, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { inject } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    d1Migrations: Parameters<typeof applyD1Migrations>[1];
  }
}

// What other files left in the same runtime.
await reset();
await applyD1Migrations(env.DB, inject("d1Migrations"));
