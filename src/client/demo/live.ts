/** `/demo/live.js`: the buttons and the list of `/demo/live`. The numbers are the SDK's. */
import { makeCrowd } from "./crowd.ts";
import { followRanking } from "./ranking.ts";

const CROWD = 50;
/** A stream that is only just being started is known soon. */
const LOOK_MS = 3_000;

const stream = document.currentScript?.dataset.stream ?? "";

const find = (id: string): HTMLElement => {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no #${id}`);
  return element;
};

const say = (text: string): void => {
  const notice = find("notice");
  notice.textContent = text;
  notice.hidden = text === "";
};

const TEXTS: Readonly<Record<string, string>> = {
  ended: "This stream has ended. Start it again with POST /v1/admin/streams/…/start.",
  planned: "This stream has not been started yet. Start it with POST /v1/admin/streams/…/start.",
};

const UNKNOWN = `The service does not know the stream "${stream}". “npm start” and “npm run dev” register and start the streams of this demo; on a deployment they are yours to make: PUT /v1/admin/broadcasters/…, PUT /v1/admin/streams/${stream}, then POST /v1/admin/streams/${stream}/start.`;

const look = async (): Promise<void> => {
  const answer = await fetch(`/v1/streams/${stream}`);
  const { status }: { readonly status?: string } = await answer.json();
  const text = answer.status === 404 ? UNKNOWN : (TEXTS[status ?? ""] ?? "");
  // the line has given up on a stream it could not enter
  if (text === "" && !find("notice").hidden) window.headcount?.stream(stream);
  say(text);
  find("air").textContent = text === "" ? "LIVE" : "OFF AIR";
};

const run = (): void => {
  const [open, close, crowdText] = [find("open"), find("close"), find("crowd")];
  const crowd = makeCrowd(stream, (here) => {
    crowdText.textContent =
      here === 0 ? "Nobody of the crowd is here." : `${here} of the crowd are here.`;
    close.toggleAttribute("disabled", here === 0);
  });
  open.addEventListener("click", () => crowd.open(CROWD));
  close.addEventListener("click", crowd.close);
  addEventListener("pagehide", crowd.close);

  followRanking(find("ranking"), stream);
  const tryLook = (): void => void look().catch(() => undefined);
  setInterval(tryLook, LOOK_MS);
  tryLook();
};

run();
