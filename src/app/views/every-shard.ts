import { CRON_PARALLEL } from "../../core/limits.ts";
import { allShards, type ShardSchedule } from "../../core/views/shards.ts";
import { inParallel } from "../in-parallel.ts";

export interface ShardFailure {
  readonly shard: number;
  readonly cause: string;
}

export interface ShardAnswers<Answer> {
  readonly answers: readonly { readonly shard: number; readonly answer: Answer }[];
  readonly failed: readonly ShardFailure[];
}

/** Asks the Tally of every shard of the schedule, a few at a time; one that fails stops no other. */
export const askEveryShard = async <Answer>(
  schedule: ShardSchedule,
  ask: (shard: number) => Promise<Answer>,
): Promise<ShardAnswers<Answer>> => {
  const answers: { shard: number; answer: Answer }[] = [];
  const failed: ShardFailure[] = [];
  await inParallel(allShards(schedule), CRON_PARALLEL, async (shard) => {
    try {
      answers.push({ shard, answer: await ask(shard) });
    } catch (cause) {
      failed.push({ shard, cause: `${cause}` });
    }
  });
  return { answers, failed };
};

/** What a shard answered, or why it did not. */
export type ShardTold<Answer> =
  | ({ readonly shard: number } & Answer)
  | { readonly shard: number; readonly failed: string };

/** For those who want to know of every shard, in the order of shards. */
export const inShardOrder = <Answer extends object>({
  answers,
  failed,
}: ShardAnswers<Answer>): readonly ShardTold<Answer>[] => {
  const told: ShardTold<Answer>[] = [
    ...answers.map(({ shard, answer }) => ({ shard, ...answer })),
    ...failed.map(({ shard, cause }) => ({ shard, failed: cause })),
  ];
  return told.sort((a, b) => a.shard - b.shard);
};
