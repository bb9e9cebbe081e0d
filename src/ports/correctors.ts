import type {
  CarryAnswer,
  CorrectionOrder,
  CorrectionQueued,
  CorrectorStatus,
} from "../protocol/correction-rpc.ts";

/** The Correctors by shard. Every call throws when the object fails or does not answer in time, and is safe to repeat. */
export interface Correctors {
  /** Takes an order; the work is done later. */
  correct(shard: number, order: CorrectionOrder): Promise<CorrectionQueued>;
  carryOut(shard: number, hour: number): Promise<CarryAnswer>;
  status(shard: number): Promise<CorrectorStatus>;
}
