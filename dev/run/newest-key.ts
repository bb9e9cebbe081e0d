/** @param text `ADMIN_KEY`: a list while it is changed, the newest first */
export const newestKey = (text: string): string => (text.split(",")[0] ?? "").trim();
