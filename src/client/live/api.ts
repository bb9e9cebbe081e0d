/** What the two files of the SDK know of each other. */

export interface Live {
  /** @param stream nothing: the page leaves the one it is in */
  follow(
    stream: string | undefined,
    service: string,
    script: HTMLScriptElement,
    optedOut: boolean | undefined,
    clientId: () => string | undefined,
  ): void;
}
