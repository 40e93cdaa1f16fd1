import { byId, element, shape, replay, write } from "./dom.js";
import { count, plural, share } from "./format.js";

let lastShown = null;

/** The guess under its seal, the guess before with its seal broken, and how many were right. */
export function drawMind({ mind, game, watch }) {
  const seal = byId("seal");
  if (!seal.firstChild) seal.append(waxHalf("left"), waxHalf("right"));
  seal.dataset.state = mind.sealed ? "sealed" : "open";
  write(byId("mind-sealed"), mind.sealed ? "Your next move is sealed." : game.result ? "The game is over." : watch ? "No seal while watching; guesses count." : "Wait for your rival’s move.");
  write(byId("mind-hash"), mind.sealed ? `sha-256 ${mind.sealed}…` : "");
  drawLast(mind.last, seal);
  byId("mind-score").replaceChildren(...bar("base", "Base", mind.score.base, mind.score.moves), ...bar("adapted", "Adapted", mind.score.adapted, mind.score.moves));
  write(byId("mind-hint"), mind.score.moves ? plural(mind.score.moves, "guess", "guesses") : "it guesses before you move");
}

function drawLast(last, seal) {
  const list = byId("mind-last");
  const key = last && last.salt + last.played;
  if (key === lastShown) return;
  lastShown = key;
  list.hidden = !last;
  if (!last) return;
  list.replaceChildren(guess("base", "Base", last.base, last.baseHit), guess("adapted", "Adapted", last.adapted, last.adaptedHit), guess("played", "Played", last.played, null));
  checkSeal(last);
  replay(list, "revealed");
  replay(seal, "broken");
}

/** Computes the broken seal again from what was under it: SHA-256 of "base adapted salt". */
async function checkSeal({ base, adapted, salt, sealed }) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`${base} ${adapted} ${salt}`));
  const seal = Array.from(new Uint8Array(digest), byte => byte.toString(16).padStart(2, "0")).join("");
  const genuine = seal.startsWith(sealed);
  byId("mind-last").title = `${genuine ? "This is what was sealed" : "This is not what was sealed"}: SHA-256 of "${base} ${adapted} ${salt}" begins with ${seal.slice(0, 16)}.`;
  byId("mind-last").dataset.genuine = genuine;
}

function guess(kind, who, san, hit) {
  const mark = hit === null ? null : element("span", { class: hit ? "hit" : "miss", role: "img", "aria-label": hit ? "right" : "wrong" }, hit ? "✓" : "✗");
  return element("li", { class: kind }, element("span", { class: "who-guessed" }, who), element("strong", {}, san ?? "–"), mark);
}

function bar(kind, name, hits, moves) {
  const fill = element("span");
  fill.style.setProperty("--part", moves ? hits / moves : 0);
  return [element("span", { class: `score-name ${kind}` }, name), element("span", { class: `bar ${kind}`, "aria-hidden": "true" }, fill),
    element("span", { class: "score-value", title: `${count(hits)} of ${count(moves)}` }, share(hits, moves))];
}

/** Half a disc of wax with a wavy rim; the two halves part along a jagged line. */
function waxHalf(side) {
  const points = Array.from({ length: 60 }, (_, i) => {
    const angle = i / 60 * 2 * Math.PI, radius = 44 + 3 * Math.sin(9 * angle) + 1.5 * Math.sin(4 * angle + 1);
    return `${(50 + radius * Math.cos(angle)).toFixed(1)} ${(50 + radius * Math.sin(angle)).toFixed(1)}`;
  });
  const clip = `wax-${side}`;
  const crack = side === "left" ? "M0 0 H54 L46 22 L56 40 L45 60 L55 78 L48 100 H0 Z" : "M100 0 H54 L46 22 L56 40 L45 60 L55 78 L48 100 H100 Z";
  return shape("svg", { viewBox: "0 0 100 100", class: `wax ${side}` },
    shape("clipPath", { id: clip }, shape("path", { d: crack })),
    shape("g", { "clip-path": `url(#${clip})` },
      shape("path", { class: "disc", d: `M${points.join(" L")} Z` }),
      shape("circle", { class: "rim", cx: 50, cy: 50, r: 32 }),
      shape("path", { class: "monogram", d: "M40 68 V33 H52 C65 33 65 51 52 51 H40 M51 51 L63 68" })));
}
