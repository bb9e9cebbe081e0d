/** A service as `npm start` runs it, a gate before it, a site that uses it, and a browser. */
import { type Browser, chromium } from "playwright-core";
import { expect, inject, vi } from "vitest";
import { type Minter, makeMinter } from "../../../dev/offline-mint.ts";
import { readVariables } from "../../../dev/run/secrets.ts";
import { type Gate, openGate, type Passage } from "./gate.ts";
import type { OwnService } from "./service.ts";
import { openSite, type Site } from "./site.ts";

/** Headless Chromium calls itself a robot, and is taken at its word. */
const USER_AGENT =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";

/**
 * Playwright's own flags that keep pages out of the back-forward cache and hidden tabs awake. The ones that keep
 * hidden tabs' timers at full speed stay: there it is the SDK that has to stop, not the browser.
 */
const UNNATURAL = ["--disable-back-forward-cache", "--disable-backgrounding-occluded-windows"];

const ARGS = [
  `--user-agent=${USER_AGENT}`,
  ...["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  ...["--disable-component-update", "--disable-sync", "--no-first-run"],
];

/** Flags of a browser: of Playwright's own to leave out, and others to add. */
interface BrowserFlags {
  readonly added: readonly string[];
  readonly leftOut: readonly string[];
}

const launchBrowser = ({ added, leftOut }: BrowserFlags): Promise<Browser> =>
  chromium.launch({
    executablePath: inject("chromium"),
    args: [...ARGS, ...added],
    ignoreDefaultArgs: [...UNNATURAL, ...leftOut],
  });

/** How long anything is waited for: longer than it takes on a machine that is busy. */
const PATIENCE_MS = 60_000;

/** Waits until an assertion holds. */
export const eventually = (assertion: () => unknown, timeout = PATIENCE_MS): Promise<unknown> =>
  vi.waitFor(assertion, { timeout, interval: 50 });

/**
 * A script that has a page do something as soon as its first view is open: by its own doing, since a busy machine may
 * take longer than the three seconds after which the view counts to tell it.
 */
export const onceOpened = (then: string): string => `{
  const original = globalThis.fetch;
  globalThis.fetch = async (...args) => {
    const answer = await original(...args);
    if (new URL(args[0], location.href).pathname === "/v1/views") {
      globalThis.fetch = original;
      setTimeout(() => { ${then} });
    }
    return answer;
  };
}`;

/** Number of the visitor whose tokens are made here and not by the service. */
const READER = 0;

/** Not one, so that a view too many cannot be taken for it. */
const WITNESSES = 10;

export interface World {
  /** The service itself, behind the gate; another one after a restart. */
  url(): string;
  /** A secret or variable of the service. */
  variable(name: string): string;
  readonly gate: Gate;
  readonly site: Site;
  readonly browser: Browser;
  /** Puts a page with an article on the site. @returns its address */
  article(content: string, attributes?: string): string;
  /** Answers of the service that were heard, by path, in their order. */
  heard(path: string, content: string): readonly Passage[];
  /** Waits until a content's views have been confirmed that often, or oftener. */
  confirms(content: string, number: number): Promise<void>;
  /** Waits until the service has folded so many, or more. */
  untilViews(content: string, number: number): Promise<void>;
  /** Waits until all that was confirmed before is folded, then compares. At the end of a test: it adds views. */
  expectViews(content: string, number: number): Promise<void>;
  /** @returns a token of somebody who opened a content so long ago */
  tokenOf(content: string, agoMs: number): Promise<string>;
  /** Has its own service killed and started again, and its gate lead there. */
  killAndRestart(): Promise<void>;
  /** With its own service. */
  close(): Promise<void>;
}

export interface WorldOptions {
  /** For tests that do something to it; without it, it is the one that files share. */
  readonly service?: OwnService;
  readonly flags?: BrowserFlags;
}

export const openWorld = async (options: WorldOptions = {}): Promise<World> => {
  const { service: own, flags = { added: [], leftOut: [] } } = options;
  const service = () => own?.now() ?? inject("sharedService");
  const gate = await openGate(service().url);
  const site = await openSite();
  const browser = await launchBrowser(flags);
  const minter = minterOf(service().secrets);
  const witnesses = makeWitnesses(minter);

  const untilViews = async (content: string, number: number): Promise<void> => {
    const compare = async () =>
      expect(await viewsOf(service().url, content)).toBeGreaterThanOrEqual(number);
    await eventually(compare);
  };
  const heard = (path: string, content: string) => passagesOf(gate, path, content);

  return {
    url: () => service().url,
    variable: (name) => readVariables(service().secrets)[name] ?? "",
    gate,
    site,
    browser,
    heard,
    article(content, attributes = `data-content="${content}"`) {
      const script = `<script defer src="${gate.url}/headcount.js" ${attributes}></script>`;
      site.page(`/${content}`, `<b id="views" data-headcount-views="${content}"></b>${script}`);
      return `${site.url}/${content}`;
    },
    async confirms(content, number) {
      const confirmed = () =>
        heard("/v1/views/confirm", content).filter(({ status }) => status === 202).length;
      await eventually(() => expect(confirmed()).toBeGreaterThanOrEqual(number));
    },
    untilViews,
    async expectViews(content, number) {
      await witnesses(service().url, content);
      const expected = number + WITNESSES;
      await untilViews(content, expected);
      expect(await viewsOf(service().url, content)).toBe(expected);
    },
    async tokenOf(content, agoMs) {
      const { token } = await minter(content, READER, Date.now() - agoMs);
      return token;
    },
    async killAndRestart() {
      if (own === undefined) throw new Error("others use this service, too");
      await own.killAndRestart();
      gate.leadTo(service().url);
    },
    async close() {
      await browser.close();
      await Promise.all([gate.close(), site.close(), own?.close()]);
    },
  };
};

/** A mint names its content or is answered with it; a confirm has the token of a mint. */
const passagesOf = (gate: Gate, path: string, content: string): readonly Passage[] => {
  const mints = gate.passages.filter(
    (one) =>
      one.path === "/v1/views" && one.method === "POST" && one.answer.includes(`"${content}"`),
  );
  if (path === "/v1/views") return mints;
  const tokens = mints.map(({ answer }): string => JSON.parse(answer).token);
  return gate.passages.filter(
    (one) =>
      one.path.startsWith(path) &&
      one.method === "POST" &&
      tokens.includes(JSON.parse(one.body).token),
  );
};

const viewsOf = async (service: string, content: string): Promise<number> => {
  const answer = await fetch(`${service}/v1/counts/${content}?consistency=strong`);
  const { views } = (await answer.json()) as { readonly views: number };
  return views;
};

const minterOf = (secrets: string): Minter => {
  const { TOKEN_KEYS = "", TALLY_SHARDS = "" } = readVariables(secrets);
  return makeMinter({ tokenKeys: TOKEN_KEYS, shards: TALLY_SHARDS });
};

/**
 * Views of visitors nobody else is, confirmed in one body and so folded at once, after all that was confirmed before:
 * when they are in the number, whatever came earlier has been judged.
 */
const makeWitnesses = (mint: Minter) => {
  let visitors = READER + 1;
  return async (service: string, content: string): Promise<void> => {
    const opened = Date.now() - 5_000;
    const minted = Array.from({ length: WITNESSES }, () => mint(content, visitors++, opened));
    const tokens = (await Promise.all(minted)).map(({ token }) => token);
    const body = JSON.stringify({ tokens });
    const answer = await fetch(`${service}/v1/views/confirm?wait=5`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body,
    });
    expect(answer.status).toBe(200);
  };
};
