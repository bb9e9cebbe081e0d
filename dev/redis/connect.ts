import { createClient } from "@redis/client";

/** To a Redis on this machine, past any gateway: made once, and gone with it. @param path of its socket */
export const connectRedis = (path: string) => {
  const client = createClient({
    RESP: 2,
    disableClientInfo: true,
    maintNotifications: "disabled",
    socket: { path, tls: false, reconnectStrategy: false },
  });
  // Whoever sent a command hears of it.
  client.on("error", () => undefined);
  return client.connect();
};
