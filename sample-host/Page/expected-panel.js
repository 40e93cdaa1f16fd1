import { byId, element, write, replay } from "./dom.js";
import { milliseconds, percent } from "./format.js";
import { nameOf, piecesOf } from "./position.js";
import { pieceImage } from "./pieces.js";

const rows = 4;
let swapShown;

/** The moves behind the arrows as a list: the likeliest by either model, with both probabilities. */
export function drawExpected({ arrows, game }, hidden) {
  const adapted = arrows.adapted ?? [];
  const pieces = piecesOf(game.fen);
  const moves = new Map();
  for (const { uci, p } of arrows.base) moves.set(uci, { base: p, adapted: null });
  for (const { uci, p } of adapted) moves.set(uci, { base: moves.get(uci)?.base ?? null, adapted: p });
  const likeliest = [...moves].sort((a, b) => weight(b[1]) - weight(a[1])).slice(0, rows);
  const list = byId("expected-list");
  list.classList.toggle("empty", hidden || likeliest.length === 0);
  list.dataset.empty = hidden ? "Hidden until you have moved" : game.result ? "No more moves" : "Thinking …";
  list.replaceChildren(...(hidden ? [] : likeliest.map(([uci, p]) => row(uci, p, pieces, arrows.adapted !== null))));
}

/** Which adapter came last, and how long the exchange took. */
export function drawSwap({ swap }) {
  const line = byId("swap");
  if (swap) write(line, `Swapped to ${swap.name} in ${milliseconds(swap.ms)}`);
  if (swapShown !== undefined && swap) replay(line, "flash");
  swapShown = swap;
}

const weight = p => Math.max(p.base ?? 0, p.adapted ?? 0);

function row(uci, p, pieces, hasAdapted) {
  const code = pieces.get(uci.slice(0, 2));
  const name = element("span", { class: "expected-move" }, ...(code ? [pieceImage(code), element("span", { class: "visually-hidden" }, `${nameOf(code)} `)] : []), `${uci.slice(0, 2)}–${uci.slice(2, 4)}${(uci[4] ?? "").toUpperCase()}`);
  return element("li", {}, name, bars(p, hasAdapted),
    element("span", { class: "p base" }, p.base === null ? "–" : percent(p.base)),
    hasAdapted ? element("span", { class: "p adapted" }, p.adapted === null ? "–" : percent(p.adapted)) : element("span", { class: "p" }));
}

function bars(p, hasAdapted) {
  const bar = (kind, value) => {
    const fill = element("span");
    fill.style.setProperty("--part", value ?? 0);
    return element("span", { class: `bar ${kind}` }, fill);
  };
  return element("span", { class: "pair", "aria-hidden": "true" }, bar("base", p.base), hasAdapted ? bar("adapted", p.adapted) : null);
}
