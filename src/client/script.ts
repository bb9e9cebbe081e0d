/** The SDK's own script element: a page has one, and all settings are on it. */

export const script = document.currentScript as HTMLScriptElement;

/** Where the script comes from is where views go. Ends in a slash. */
export const service = new URL("/", script.src).href;

/** By the site, by Do-Not-Track, or by its successor, Global Privacy Control. */
export const optedOut =
  "optout" in script.dataset ||
  navigator.doNotTrack === "1" ||
  (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl;
