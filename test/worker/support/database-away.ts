import { expect, test } from "vitest";
import { SECRET_PLACE } from "./broken.ts";
import { makeGet, refusalOf } from "./client.ts";
import type { Fetch } from "./compose.ts";

interface Statistics {
  /** A Worker whose database can be taken away. */
  readonly worker: Fetch;
  setUp(isUp: boolean): void;
  /** Of somebody's statistics who is called so, from now on. */
  pathOf(name: string): Promise<string>;
}

/** What is told of statistics while the database they come from is away. */
export const testsWhileAway = ({ worker, setUp, pathOf }: Statistics): void => {
  const readBefore = async (path: string): Promise<object> => {
    setUp(true);
    const before = await worker(makeGet(path));
    expect(before.status).toBe(200);
    setUp(false);
    return before.json();
  };

  test("it is 503, with when to come again and not with what broke", async () => {
    const path = await pathOf("never-asked");
    setUp(false);
    const answer = await worker(makeGet(path));
    expect(answer.headers.get("Retry-After")).toBe("5");
    expect(await answer.clone().text()).not.toContain(SECRET_PLACE);
    expect(await refusalOf(answer)).toEqual([503, "statistics-unavailable"]);
  });

  test("what was told before is told as stale, and cached by nobody", async () => {
    const path = await pathOf("asked");
    const before = await readBefore(path);
    const answer = await worker(makeGet(path));
    expect(answer.headers.get("Cache-Control")).toBe("no-store");
    expect(await answer.json()).toEqual({ ...before, stale: true });
  });

  test("who asks for consistency=strong is refused rather than told what was told before", async () => {
    const path = await pathOf("asked-strongly");
    await readBefore(path);
    const answer = await worker(makeGet(`${path}?consistency=strong`));
    expect(answer.headers.get("Cache-Control")).toBe("no-store");
    expect(answer.headers.get("Retry-After")).toBe("5");
    expect(await refusalOf(answer)).toEqual([503, "statistics-unavailable"]);
  });
};
