/** What a line of an access log says of a request. */
export interface LoggedRequest {
  /** Ms. */
  readonly at: number;
  /** As the log has it: an address, or a name where a server looks names up. */
  readonly address: string;
  /** Empty where what came was no request. */
  readonly method: string;
  /** As it was asked for: `/path?query`, or a whole URL. */
  readonly target: string;
  readonly status: number;
  /** Empty where there was none. */
  readonly userAgent: string;
  /** `Sec-Purpose` or `Purpose`, of logs that have headers. */
  readonly purpose: string | undefined;
}

/** `GET /path HTTP/1.1`; anything else that came over the wire was no request. */
export const splitRequest = (text: string): Pick<LoggedRequest, "method" | "target"> => {
  const [, method = "", target = ""] =
    /^([A-Z]{1,20}) (\S+)(?: HTTP\/\d(?:\.\d)?)?$/.exec(text) ?? [];
  return { method, target };
};
