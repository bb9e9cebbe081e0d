import type { ContentId } from "../../core/ids.ts";
import { type Finalisation, finalisedCells, inRange } from "../../core/views/finalise.ts";
import { hourOf, type Ledger } from "../../core/views/ledger.ts";
import type { TallyStore } from "../../ports/tally-store.ts";
import type { FinaliseAnswer, FinaliseRequest } from "../../protocol/correction-rpc.ts";
import { loggedEvents } from "./logged-events.ts";

/**
 * Applies one chunk of a correction run. The caller has saved the ledger, so the store has every cell.
 * @param version position that the changed cells get
 */
export const finaliseHour = (
  store: TallyStore,
  ledger: Ledger,
  request: FinaliseRequest,
  version: number,
): FinaliseAnswer => {
  const { hour, run, through, range } = request;
  if (hour < store.closing()) return { status: "closed", through: store.closing() };
  const state = store.hour(hour);
  if (run < state.run) return { status: "superseded", run: state.run };

  const finalisation: Finalisation = { ...request, cells: new Map(request.cells) };
  const { counted, lastPosition } = readAbove(store, finalisation);
  const changed = finalisedCells(finalisation, store.cellsOf(hour, range), counted);
  for (const [content, value] of changed) ledger.set({ content, hour }, value, version);
  const dirtiedAt = Math.max(state.dirtiedAt, lastPosition);
  store.saveHour(hour, { run, through, dirtiedAt });
  return { status: "done", changed: changed.size, dirty: dirtiedAt > through };
};

/** What the log says of the hour and range above the position the run read. */
const readAbove = (store: TallyStore, { hour, through, range }: Finalisation) => {
  const counted = new Map<ContentId, number>();
  let lastPosition = 0;
  for (const { position, verdict, frame } of loggedEvents(store.entriesAbove(through))) {
    const event = frame?.event;
    if (event === undefined || hourOf(event.at) !== hour || !inRange(range, event.content))
      continue;
    lastPosition = position;
    if (verdict === "counted") counted.set(event.content, (counted.get(event.content) ?? 0) + 1);
  }
  return { counted, lastPosition };
};
