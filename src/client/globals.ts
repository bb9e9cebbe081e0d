/** `window.headcount` */
export interface Headcount {
  /** The reader has come to another content without a page load; without an id, the script's own or the page's URL. */
  view(content?: string): void;
  /** Reads the numbers of all elements there are now. */
  refresh(): Promise<void>;
  /** The page shows another live stream; without an id, none any more. */
  stream(stream?: string): void;
}

declare global {
  interface Window {
    headcount?: Headcount;
    /** Of the page, for private streams: asked for a fresh ticket whenever the page connects. */
    headcountTicket?: (stream: string) => string | Promise<string>;
  }
}
