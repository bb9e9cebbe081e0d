/** The streams of `/demo/live`. Data alone: what starts them on a developer's machine reads it too. */

export interface DemoStream {
  readonly id: string;
  readonly title: string;
  readonly lead: string;
  readonly category: string;
  /** The article whose picture is shown. */
  readonly picture: string;
}

export const DEMO_BROADCASTER = { id: "demo-coast-and-field", name: "Coast & Field" };

export const DEMO_CATEGORIES: Readonly<Record<string, string>> = {
  "demo-nature": "Nature",
  "demo-crafts": "Crafts",
};

export const DEMO_STREAMS: readonly DemoStream[] = [
  {
    id: "demo-night-watch",
    title: "Night watch at the lighthouse",
    lead: "Nothing has happened for eleven hours. Everybody is glued to it.",
    category: "demo-nature",
    picture: "demo-lighthouse",
  },
  {
    id: "demo-dusk",
    title: "Starlings, live from the reeds",
    lead: "Ten thousand birds, one camera, no plan.",
    category: "demo-nature",
    picture: "demo-starlings",
  },
  {
    id: "demo-notches",
    title: "Cutting a tally stick",
    lead: "A sum in hazel, notch by notch, by hand.",
    category: "demo-crafts",
    picture: "demo-tally-sticks",
  },
];
