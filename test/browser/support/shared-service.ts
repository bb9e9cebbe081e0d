/**
 * Set-up of the browser tests: one service for all files that do nothing to it. Each has contents and streams of its
 * own, and a gate, so that it hears only of what its own pages did.
 */
import type { TestProject } from "vitest/node";
import { findChromium } from "./chromium.ts";
import { type KnownService, startOwnService } from "./service.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Path of the browser; empty where there is none. */
    chromium: string;
    /** Its URL is empty where there is no browser. */
    sharedService: KnownService;
  }
}

export default async (project: TestProject): Promise<(() => Promise<void>) | undefined> => {
  const chromium = findChromium();
  project.provide("chromium", chromium ?? "");
  if (chromium === undefined) {
    project.provide("sharedService", { url: "", secrets: "" });
    return undefined;
  }
  const service = await startOwnService();
  project.provide("sharedService", service.now());
  return service.close;
};
