/** Where a MySQL or MariaDB server is, in the words of mysql2. */
export interface MySqlAddress {
  readonly host?: string;
  readonly port?: number;
  /** Instead of host and port. */
  readonly socketPath?: string;
  readonly user: string;
  readonly password?: string;
  readonly database: string;
}

const DEFAULT_PORT = 3306;

/** @returns undefined when `text` is no `mysql://user:password@host:port/database` */
export const parseMySqlUrl = (text: string): MySqlAddress | undefined => {
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, port, username, password, pathname } = new URL(text);
  const database = decodeURIComponent(pathname.slice(1));
  if (protocol !== "mysql:" || hostname === "" || username === "" || database === "") {
    return undefined;
  }
  return {
    host: hostname,
    port: port === "" ? DEFAULT_PORT : Number(port),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database,
  };
};
