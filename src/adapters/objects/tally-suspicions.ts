import type { OpenSuspicion } from "../../core/suspicion/open-suspicion.ts";
import type { SuspicionStore } from "../../ports/suspicion-store.ts";
import type { ObjectStorage } from "./object-storage.ts";

/** Of a later version is what this one leaves alone. */
const FORMAT = 1;

export const suspicionStore = (sql: ObjectStorage["sql"]): SuspicionStore => ({
  all() {
    const rows = sql.exec("SELECT state FROM suspicions WHERE format = ? ORDER BY id", FORMAT);
    return [...rows].map(({ state }) => JSON.parse(String(state)) as OpenSuspicion);
  },
  save(open) {
    const query = `INSERT INTO suspicions (id, format, state) VALUES (?, ?, ?)
      ON CONFLICT DO UPDATE SET format = excluded.format, state = excluded.state`;
    sql.exec(query, open.id, FORMAT, JSON.stringify(open));
  },
  remove: (id) => void sql.exec("DELETE FROM suspicions WHERE id = ?", id),
});
