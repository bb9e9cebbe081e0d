/** Who somebody is, as a room is told; it turns the text into a key with its own salt at once. */

/** @param user the site's own id, as a ticket says it */
export const identityOfUser = (user: string): string => `user\n${user}`;

interface Client {
  /** The site's own id of the browser. */
  readonly client: string | undefined;
  readonly userAgent: string | undefined;
}

/** As a view's visitor is told apart. */
export const identityOfClient = ({ client, userAgent }: Client, network: string): string =>
  `visitor\n${client ?? ""}\n${network}\n${userAgent ?? ""}`;
