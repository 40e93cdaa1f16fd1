// The set: each piece stands on the same foot and is built from few plain shapes on a field of 100 by 100.
// "line" is what is engraved: strokes without a fill, in the colour of the outline.

import { shape } from "./dom.js";

const foot = ["rect", { x: 23, y: 77, width: 54, height: 11, rx: 4 }];
const collar = (x, y) => ["rect", { x, y, width: 100 - 2 * x, height: 7, rx: 3.5 }];
const ball = (cx, cy, r) => ["circle", { cx, cy, r }];
const path = d => ["path", { d }];
const line = d => ["path", { d, class: "line" }];
const dot = (cx, cy, r) => ["circle", { cx, cy, r, class: "dot" }];
const skirt = path("M41 62 C40 69 36 73 31 77 H69 C64 73 60 69 59 62 Z");

const drawings = {
  p: [path("M43 50 C42 63 37 70 31 77 H69 C63 70 58 63 57 50 Z"), collar(36, 47), ball(50, 35, 13), foot],
  r: [path("M36 42 H64 L68 77 H32 Z"), path("M28 18 H39 V26 H45.5 V18 H54.5 V26 H61 V18 H72 V37 L64 45 H36 L28 37 Z"), line("M37 53 H63"), foot],
  b: [skirt, path("M50 20 C68 33 71 47 61 57 H39 C29 47 32 33 50 20 Z"), line("M56 31 L47 44"), collar(34, 56), ball(50, 16, 5.5), foot],
  n: [
    path("M32 77 C31 61 44 56 46 45 C41 50 36 50 31 55 C27 59 19 57 19 49 C20 42 27 37 31 29 C33 24 37 21 41 19 L41 9 L51 17 C69 20 78 36 76 57 C75.5 66 73 72 70 77 Z"),
    line("M56 27 C65 34 68 46 66 66"), dot(39.5, 30.5, 3), dot(25.5, 49, 1.8), foot,
  ],
  q: [
    skirt, path("M18 29 L32 59 H68 L82 29 L66 44 L66 22 L55.5 41 L50 17 L44.5 41 L34 22 L34 44 Z"),
    ball(18, 27, 4.5), ball(34, 19, 4.5), ball(50, 14, 4.5), ball(66, 19, 4.5), ball(82, 27, 4.5), collar(31, 57), foot,
  ],
  k: [
    skirt, path("M50 37 C55 28 75 27 76 40 C76 48 68 53 65 59 H35 C32 53 24 48 24 40 C25 27 45 28 50 37 Z"),
    path("M46.5 8 H53.5 V14 H60 V21 H53.5 V34 H46.5 V21 H40 V14 H46.5 Z"), line("M50 41 V50"), collar(31, 57), foot,
  ],
};

/** A drawing of one piece, for decoration: its name stands in the text beside it or on the square. */
export function pieceImage(code) {
  const parts = drawings[code[1]].map(([tag, attributes]) => shape(tag, attributes));
  return shape("svg", { viewBox: "0 0 100 100", class: `piece ${code[0] === "w" ? "white" : "black"}`, "aria-hidden": "true", "data-piece": code }, ...parts);
}
