import { byId, element, write } from "./dom.js";
import { announce } from "./announcer.js";

const reasons = {
  checkmate: "by checkmate", stalemate: "by stalemate", resigned: "by resignation", threefold: "the position came three times",
  fifty: "fifty moves without a capture", material: "too little material to mate",
};

let movesTold = null;
let verdictClosed = null;

/** The list of moves; the newest stays in sight. */
export function drawMoves({ game }) {
  const list = byId("moves");
  const rows = [];
  for (let i = 0; i < game.san.length; i += 2)
    rows.push(element("li", {}, ...game.san.slice(i, i + 2).map((san, k) =>
      element("span", { class: i + k === game.san.length - 1 ? "san last" : "san" }, san))));
  list.replaceChildren(...rows);
  list.classList.toggle("empty", rows.length === 0);
  requestAnimationFrame(() => { list.parentElement.scrollTop = list.parentElement.scrollHeight; });
}

/** Says the moves that were played since the last state, and the result. */
export function tellMoves({ game, watch }) {
  const told = movesTold;
  movesTold = game.san.length;
  if (told === null || (watch && watch.speed > 1)) return;
  if (game.result) return announce(`${headline(game)}, ${reasons[game.reason] ?? ""}`);
  if (game.san.length === 0) return void (told > 0 && announce("New game."));
  if (game.san.length <= told) return;
  announce(game.san.slice(told).map((san, i) => `${(told + i) % 2 === 0 ? "White" : "Black"} plays ${san}.`).join(" ") + (game.check ? " Check." : ""));
}

/** The result over the board, until the player wants to see the position. */
export function drawVerdict({ game }) {
  const key = game.result && game.fen;
  byId("verdict").hidden = !game.result || verdictClosed === key;
  if (!game.result) return;
  write(byId("verdict-result"), headline(game));
  write(byId("verdict-reason"), `${game.result.replace("1/2-1/2", "½–½").replace("-", "–")}, ${reasons[game.reason] ?? game.reason ?? ""}`);
  byId("verdict-close").onclick = () => {
    verdictClosed = key;
    byId("verdict").hidden = true;
  };
}

function headline({ result, you }) {
  if (result === "1/2-1/2") return "Drawn";
  const winner = result === "1-0" ? "w" : "b";
  if (!you) return winner === "w" ? "White wins" : "Black wins";
  return winner === you ? "You win" : "Your rival wins";
}
