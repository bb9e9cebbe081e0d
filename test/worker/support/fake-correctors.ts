import type { CorrectionOrder, CorrectorRpc } from "../../../src/protocol/correction-rpc.ts";
import { fail } from "./broken.ts";

/** Correctors that note down what they are told; those that are `away` fail. */
export class FakeCorrectors {
  readonly orders: (readonly [name: string, order: CorrectionOrder])[] = [];
  readonly #away: (name: string) => boolean;

  constructor(away: (name: string) => boolean = () => false) {
    this.#away = away;
  }

  /** As the binding does. */
  getByName = (name: string): CorrectorRpc => {
    if (this.#away(name)) return { correct: fail, carryOut: fail, status: fail };
    return {
      correct: async (order) => {
        this.orders.push([name, order]);
        return { waiting: 3 };
      },
      carryOut: async () => ({ status: "none" }),
      status: async () => ({
        waiting: 3,
        running: { hour: 0, run: 7, phase: "read" },
        failure: "the raw log is away",
        bytes: 4_096,
      }),
    };
  };
}
