/** Requests of viewers to be sent: tokens minted offline, prepared as bytes before the clock starts. */

import type { Minter } from "../dev/offline-mint.ts";
import { mix32 } from "../src/core/hash.ts";
import { DWELL_MS } from "../src/core/limits.ts";
import { requestBytes } from "./http-client.ts";

export const CONFIRM_PATH = "/v1/views/confirm?wait=2";

const MINT_PATH = "/v1/views";

/** Popularity of the k-th content is 1/k (Zipf), as that of articles and videos is. */
const CONTENTS = 1_000;
const OLDEST_MS = 500_000;
const MINT_TOGETHER = 2_000;

export class ViewSource {
  readonly #mint: Minter;
  readonly #cumulative: readonly number[];
  #visitors = 0;

  constructor(mint: Minter) {
    this.#mint = mint;
    let sum = 0;
    this.#cumulative = Array.from({ length: CONTENTS }, (_, index) => {
      sum += 1 / (index + 1);
      return sum;
    });
  }

  /** Every content there may be views of. */
  readonly contents: readonly string[] = Array.from({ length: CONTENTS }, (_, i) => nameOf(i));

  /** @returns requests of `perBody` events each, every event by another visitor */
  async confirms(count: number, perBody: number): Promise<Buffer[]> {
    const bodies: Buffer[] = [];
    while (bodies.length < count) {
      const size = Math.min(Math.ceil(MINT_TOGETHER / perBody), count - bodies.length);
      const tokens = await Promise.all(Array.from({ length: size * perBody }, () => this.token()));
      for (let at = 0; at < tokens.length; at += perBody) {
        const [token] = tokens.slice(at, at + 1);
        const body = perBody === 1 ? { token } : { tokens: tokens.slice(at, at + perBody) };
        bodies.push(requestBytes(CONFIRM_PATH, body));
      }
    }
    return bodies;
  }

  /** @returns requests that open a view each, of visitors all over the world */
  async mints(count: number): Promise<Buffer[]> {
    return Array.from({ length: count }, () => {
      this.#visitors += 1;
      const content = this.#contentAt(mix32(mix32(this.#visitors)) / 2 ** 32);
      return requestBytes(MINT_PATH, { content });
    });
  }

  /** Of a visitor not seen before, confirmable now. */
  async token(content?: string): Promise<string> {
    this.#visitors += 1;
    const dice = mix32(this.#visitors);
    const age = DWELL_MS + (mix32(dice) % (OLDEST_MS - DWELL_MS));
    const { token } = await this.#mint(
      content ?? this.#contentAt(dice / 2 ** 32),
      this.#visitors,
      Date.now() - age,
    );
    return token;
  }

  #contentAt(share: number): string {
    const sought = share * (this.#cumulative.at(-1) ?? 0);
    const index = this.#cumulative.findIndex((sum) => sum > sought);
    return nameOf(index);
  }
}

const nameOf = (index: number): string => `article-${index}`;
