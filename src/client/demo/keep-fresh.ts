const REFRESH_MS = 3_000;

/** Does it now, and every few seconds while somebody sees the page; what fails is tried again the next time. */
export const keepFresh = (refresh: () => Promise<void>): void => {
  const tryRefresh = (): void => {
    if (!document.hidden) void refresh().catch(() => undefined);
  };
  setInterval(tryRefresh, REFRESH_MS);
  tryRefresh();
};
