import lighthouse from "./lighthouse.html";
import starlings from "./starlings.html";
import tallySticks from "./tally-sticks.html";

export interface Article {
  readonly title: string;
  readonly lead: string;
  readonly text: string;
  /** Inside of an SVG of 480 by 270. */
  readonly picture: string;
}

/** Deterministic, so that every reader sees the same flock. */
const flock = Array.from({ length: 130 }, (_, i) => {
  const turn = i * 2.399_963;
  const reach = Math.sqrt(i) * 9.6;
  const x = 245 + Math.cos(turn) * reach * 1.75 + Math.sin(i) * 14;
  const y = 116 + Math.sin(turn) * reach * 0.72 + Math.cos(turn * 0.5) * 20;
  const size = 2.2 + ((i * 7) % 5) * 0.7;
  return `<path d="m${(x - size * 2).toFixed(0)} ${(y - size).toFixed(0)}q${size.toFixed(1)} 0 ${(size * 2).toFixed(1)} ${size.toFixed(1)}q${size.toFixed(1)} ${(-size).toFixed(1)} ${(size * 2).toFixed(1)} ${(-size).toFixed(1)}"/>`;
}).join("");

const notches = [150, 168, 186, 214, 224, 234, 244, 254, 282, 288, 294, 300, 306, 312]
  .map((x, i) => {
    const width = i < 3 ? 11 : i < 8 ? 6 : 3;
    return `<path d="m${x} 96v${i < 3 ? 34 : 26}h${width}v-${i < 3 ? 34 : 26}z"/>`;
  })
  .join("");

export const ARTICLES: Readonly<Record<string, Article>> = {
  "demo-lighthouse": {
    title: "The lighthouse that moved",
    lead: "How 4,800 tonnes of brick took a walk along the beach, and arrived.",
    text: lighthouse,
    picture: `<rect width="480" height="270" fill="#16324f"/><circle cx="372" cy="62" r="24" fill="#f4e3b2"/>
      <path d="M0 120 226 62v10L0 190z" fill="#f4e3b2" opacity=".2"/><path d="M480 92 254 62v10l226 62z" fill="#f4e3b2" opacity=".2"/>
      <path d="m217 80h46l13 150h-72z" fill="#f6efe2"/><path d="m214.500 110 51 18 3 29-57-21zm-4.400 52 61 22 2.500 29-67-24z" fill="#1d1d1f"/>
      <path d="M221 56h38v24h-38z" fill="#ffd873"/><path d="m216 56 24-20 24 20zm-4 22h56v6h-56z" fill="#8c2f1b"/>
      <path d="M0 228q60-14 120 0t120 0 120 0 120 0v42H0z" fill="#d9b27c"/><path d="M0 250q40-10 80 0t80 0 80 0 80 0 80 0 80 0v20H0z" fill="#2c6e8f"/>`,
  },
  "demo-tally-sticks": {
    title: "Accounts kept on sticks",
    lead: "Two halves of a hazel rod, and seven hundred years without a dispute over the sum.",
    text: tallySticks,
    picture: `<rect width="480" height="270" fill="#e9d7b4"/><path d="M0 190h480v80H0z" fill="#d3b98a"/>
      <g transform="rotate(-6 240 135)"><path d="m58 96h364q14 16 0 34H58q-14-18 0-34z" fill="#8a5a2f"/><path d="M58 113h364" stroke="#6d4421" stroke-width="1.500"/><g fill="#4a2c14">${notches}</g></g>
      <g transform="translate(34 66) rotate(4 240 135)"><path d="m58 96h290q12 14 0 26H58q-12-12 0-26z" fill="#a87442"/><g fill="#4a2c14" transform="scale(1 .9) translate(0 11)">${notches}</g></g>`,
  },
  "demo-starlings": {
    title: "A census of starlings",
    lead: "What to do when those to be counted will not hold still.",
    text: starlings,
    picture: `<defs><linearGradient id="dusk" x2="0" y2="1"><stop stop-color="#39476b"/><stop offset=".62" stop-color="#d98a6a"/><stop offset="1" stop-color="#f5c98a"/></linearGradient></defs>
      <rect width="480" height="270" fill="url(#dusk)"/><circle cx="106" cy="214" r="30" fill="#fbe3a8"/><g fill="none" stroke="#1c2030" stroke-width="2" stroke-linecap="round">${flock}</g>
      <path d="M0 236q70-12 150-4t170-2 160 4v36H0z" fill="#2a2a35"/>`,
  },
};
