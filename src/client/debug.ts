/**
 * `/headcount.debug.js`: says in the console what the SDK does and why. `data-debug` loads it before anything else
 * happens, so it listens to the SDK's requests themselves, and `/headcount.js` has no line for its sake.
 */
import { explain, explainOptOut } from "./explain.ts";
import { explainClose, explainMessage } from "./explain-live.ts";

const say = (text: string, ...details: readonly unknown[]): void => {
  console.info(`%cheadcount%c ${text}`, "font-weight:bold", "", ...details);
};

const script = document.querySelector<HTMLScriptElement>("script[data-debug][src*='headcount.js']");
const service = new URL("/", script?.src ?? location.href).href;

const parse = (text: unknown): Record<string, unknown> => {
  try {
    return JSON.parse(`${text}`);
  } catch {
    return {};
  }
};

const listenToRequests = (): void => {
  const plainFetch = window.fetch;
  window.fetch = async (input, init) => {
    const url = `${input instanceof Request ? input.url : input}`;
    if (!url.startsWith(`${service}v1/`)) return plainFetch(input, init);
    const path = url.slice(service.length);
    try {
      const answer = await plainFetch(input, init);
      const body = parse(await answer.clone().text());
      const dropped = answer.headers.get("X-Headcount-Dropped");
      say(explain({ path, status: answer.status, body, dropped }), body);
      return answer;
    } catch (failure) {
      say(explain({ path, status: 0, body: {}, dropped: null }), failure);
      throw failure;
    }
  };

  const plainBeacon = navigator.sendBeacon.bind(navigator);
  navigator.sendBeacon = (url, data) => {
    if (`${url}`.startsWith(service)) {
      say("Leaving: a view that is not known to be confirmed goes once more, as a beacon.");
    }
    return plainBeacon(url, data);
  };
};

const listenToSockets = (): void => {
  const sockets = service.replace("http", "ws");
  window.WebSocket = class extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      if (!`${url}`.startsWith(`${sockets}v1/streams/`)) return;
      let opened = false;
      this.addEventListener("open", () => {
        opened = true;
        say("The stream's socket is open.");
      });
      this.addEventListener("message", ({ data }) => {
        const sentence = explainMessage(parse(data));
        if (sentence !== undefined) say(sentence);
      });
      this.addEventListener("close", ({ code }) => say(explainClose(code, opened)));
    }
  };
};

const start = (): void => {
  const why = explainOptOut(script?.dataset.optout !== undefined, navigator);
  if (why !== undefined) say(why);
  else if (document.hidden) say("Waiting: a view is opened when somebody sees this page.");
  listenToRequests();
  listenToSockets();
};

start();
