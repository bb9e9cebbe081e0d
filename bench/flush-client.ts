/** The Worker of `npm run bench -- flush`: upserts generated cells by the adapter, as Tallies do. */

import { forwardUpsert } from "../src/adapters/mysql/forward-upsert.ts";
import { mysqlHandle } from "../src/adapters/mysql/handle.ts";
import { viewHourly } from "../src/schema/mysql/views.ts";
import { type FlushWork, laneCells } from "./flush-work.ts";

interface BenchEnv {
  readonly DATABASE_URL: string;
}

export default {
  async fetch(request: Request, { DATABASE_URL }: BenchEnv): Promise<Response> {
    if (request.method !== "POST") return new Response("ready");
    const work = (await request.json()) as FlushWork;
    const { $client } = mysqlHandle(DATABASE_URL);
    const lane = async (index: number): Promise<void> => {
      for (const page of laneCells(work, index)) {
        await forwardUpsert($client, viewHourly, page, work.rowsPerStatement);
      }
    };
    await Promise.all(Array.from({ length: work.lanes }, (_, index) => lane(index)));
    return new Response("done");
  },
};
