/** `window.headcount` */
export interface Headcount {
  /** The reader has come to another content without a page load; without an id, the script's own or the page's URL. */
  view(content?: string): void;
  /** Reads the numbers of all elements there are now. */
  refresh(): Promise<void>;
}

declare global {
  interface Window {
    headcount?: Headcount;
  }
}
