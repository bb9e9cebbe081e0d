import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { inject } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    d1Migrations: Parameters<typeof applyD1Migrations>[1];
  }
}

await applyD1Migrations(env.DB, inject("d1Migrations"));
