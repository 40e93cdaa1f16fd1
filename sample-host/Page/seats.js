import { byId, element } from "./dom.js";
import { piecesOf, takenBy } from "./position.js";
import { pieceImage } from "./pieces.js";

const colours = { w: "White", b: "Black" };
const kinds = { base: "base model", clone: "your clone", profile: "profile" };

/** Who sits on which side of the board, whose move it is, and what they have taken. */
export function drawSeats({ game, profile, watch }, flipped) {
  const pieces = piecesOf(game.fen);
  const seat = side => {
    const own = game.you === side;
    const name = watch ? colours[side] : own ? profile.name : game.opponent.name || "Base";
    const role = watch ? `in a game of ${watch.player}` : own ? "you" : kinds[game.opponent.kind];
    const { taken, ahead } = takenBy(pieces, side);
    const turn = !game.result && game.turn === side;
    return [
      element("span", { class: `side ${side}`, "aria-hidden": "true" }),
      element("strong", {}, name), element("span", { class: "quiet" }, role),
      turn ? element("span", { class: `turn${!own && game.thinking ? " thinking" : ""}` }, own ? "to move" : game.thinking ? "thinking" : "to move") : null,
      element("span", { class: "taken-pieces", "aria-label": ahead > 0 ? `ahead by ${ahead}` : null, role: ahead > 0 ? "img" : null }, ...taken.map(pieceImage), ahead > 0 ? `+${ahead}` : ""),
    ].filter(Boolean);
  };
  byId("seat-above").replaceChildren(...seat(flipped ? "w" : "b"));
  byId("seat-below").replaceChildren(...seat(flipped ? "b" : "w"));
}
