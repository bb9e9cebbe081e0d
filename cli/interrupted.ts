/** Aborts when the command is to end, once: told twice, by a terminal and by what started us, it is the same. */
export const untilInterrupted = (): AbortSignal => {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    // Miniflare's own would end the process at once.
    process.removeAllListeners(signal);
    process.on(signal, () => controller.abort());
  }
  return controller.signal;
};
