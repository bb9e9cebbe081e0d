import type { Claim, ClaimOutcome, KeptAnswer } from "../../ports/idempotency.ts";

/** A status that no answer has: the request is being worked on, and the answer's place holds whose claim it is. */
export const CLAIMED = 0;

interface StoredRequest {
  readonly requestHash: string;
  readonly status: number;
  readonly answer: string;
}

export const claimRow = ({ key, pathHash, requestHash, owner, at }: Claim) => ({
  ...{ key, pathHash, requestHash },
  ...{ status: CLAIMED, answer: owner, createdAt: at },
});

/** @param row as it is after the claim was tried; `undefined`: who had it has just let it go */
export const outcomeOf = (row: StoredRequest | undefined, claim: Claim): ClaimOutcome => {
  if (row === undefined) return { status: "in-progress" };
  if (row.status === CLAIMED && row.answer === claim.owner) return { status: "claimed" };
  if (row.requestHash !== claim.requestHash) return { status: "other-request" };
  if (row.status === CLAIMED) return { status: "in-progress" };
  return { status: "done", answer: asAnswer(row) };
};

/** The type on a line of its own, since a body put into JSON again would be larger, and have to be read to be sent. */
export const answerRow = ({ status, type, body }: KeptAnswer) => ({
  status,
  answer: `${type}\n${body}`,
});

const asAnswer = ({ status, answer }: StoredRequest): KeptAnswer => {
  const end = answer.indexOf("\n");
  return { status, type: answer.slice(0, end), body: answer.slice(end + 1) };
};
