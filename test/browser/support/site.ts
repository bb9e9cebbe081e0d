/** A site of another origin than the service, as most are. */
import { createServer } from "node:http";
import { listen } from "./listen.ts";

export interface Site {
  readonly url: string;
  /** @param body with the SDK's script element in it, or not */
  page(path: string, body: string): void;
  close(): Promise<void>;
}

export const openSite = async (): Promise<Site> => {
  const pages = new Map<string, string>();
  const server = createServer((request, response) => {
    const body = pages.get((request.url ?? "").split("?", 1)[0] ?? "");
    response.writeHead(body === undefined ? 404 : 200, {
      "Content-Type": "text/html; charset=utf-8",
    });
    response.end(`<!doctype html><html lang="en"><title>A page</title><p>Text</p>${body ?? ""}`);
  });
  const { url, close } = await listen(server);
  return { url, close, page: (path, body) => void pages.set(path, body) };
};
