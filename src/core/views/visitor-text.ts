import { networkOf } from "../network.ts";

/** By what a visitor without a user id is known. */
export interface Seen {
  /** The site's own id of the browser; without it, the network and the user agent tell visitors apart. */
  readonly client: string | undefined;
  /** Empty where it is unknown. */
  readonly address: string;
  readonly userAgent: string | undefined;
}

/** @returns what is hashed into a visitor's key: equal for one browser, wherever it is told of */
export const visitorText = ({ client, address, userAgent }: Seen): string =>
  `visitor\n${client ?? ""}\n${networkOf(address)}\n${userAgent ?? ""}`;

/** The same of somebody the site itself knows; no browser without that id is ever the same visitor. */
export const userText = (user: string): string => `user\n${user}`;
