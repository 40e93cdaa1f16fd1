import { byId, shape } from "./dom.js";

const least = 0.02;

/** Arrows of the moves that are expected here. The base's are dashed with an open head, the adapted ones solid with a full head. */
export class Arrows {
  #board;
  #root = byId("arrows");
  #shown = { base: [], adapted: [] };

  constructor(board) { this.#board = board; }

  show(base, adapted) {
    this.#shown = { base, adapted };
    this.redraw();
  }

  redraw() {
    const drawn = [
      ...this.#shown.base.map(move => this.#arrow(move, "base", has(this.#shown.adapted, move) ? -1 : 0)),
      ...this.#shown.adapted.map(move => this.#arrow(move, "adapted", has(this.#shown.base, move) ? 1 : 0)),
    ];
    this.#root.replaceChildren(...drawn.filter(Boolean));
  }

  /** @param side -1 and 1 keep two arrows of one move beside each other, 0 is the middle. */
  #arrow({ uci, p }, kind, side) {
    if (p < least) return null;
    const [x1, y1] = this.#centre(uci.slice(0, 2)), [x2, y2] = this.#centre(uci.slice(2, 4));
    const length = Math.hypot(x2 - x1, y2 - y1);
    const width = 0.05 + 0.12 * p, head = 0.2 + 0.2 * p, aside = side * (0.05 + width / 2);
    const ux = (x2 - x1) / length, uy = (y2 - y1) / length;
    const at = (along, across) => `${round(x1 + ux * along - uy * (across + aside))} ${round(y1 + uy * along + ux * (across + aside))}`;
    const tip = length - 0.12, neck = tip - head;
    const shaft = `M${at(0.3, 0)} L${at(neck, 0)}`;
    const point = `M${at(tip, 0)} L${at(neck, head * 0.62)} L${at(neck, -head * 0.62)} Z`;
    const opacity = round(0.4 + 0.6 * Math.sqrt(p));
    const dashes = kind === "base" ? `${round(width * 1.7)} ${round(width * 1.1)}` : null;
    return shape("g", { class: `arrow ${kind}`, opacity, "data-move": uci },
      shape("path", { d: shaft, class: "casing", "stroke-width": round(width + 0.07) }),
      shape("path", { d: point, class: "casing", "stroke-width": 0.1 }),
      shape("path", { d: shaft, class: "shaft", "stroke-width": round(width), "stroke-dasharray": dashes }),
      shape("path", { d: point, class: "head" }));
  }

  #centre(square) {
    const [x, y] = this.#board.place(square);
    return [x + 0.5, y + 0.5];
  }
}

const has = (moves, { uci }) => moves.some(move => move.uci === uci && move.p >= least);
const round = value => Math.round(value * 1000) / 1000;
