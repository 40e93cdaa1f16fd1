import { element, byId } from "./dom.js";
import { columnOf, rowOf, squareAt, piecesOf, kingOf, nameOf } from "./position.js";
import { pieceImage } from "./pieces.js";

/** Draws the squares, the pieces and the marks on them. Knows no rule and sends nothing: BoardInput decides what a touch means. */
export class Board {
  #cells = new Map();
  #figures = new Map();
  #layer = byId("pieces");
  pieces = new Map();
  flipped = false;

  constructor() {
    this.root = byId("squares");
    this.#lay();
  }

  cell(square) { return this.#cells.get(square); }
  figure(square) { return this.#figures.get(square)?.node; }

  /** Column and row on the screen, from the top left. */
  place(square) {
    const column = columnOf(square), row = rowOf(square);
    return this.flipped ? [7 - column, row] : [column, 7 - row];
  }

  squareAtPlace(x, y) {
    if (x < 0 || x > 7 || y < 0 || y > 7) return null;
    return this.flipped ? squareAt(7 - x, y) : squareAt(x, 7 - y);
  }

  turn(flipped) {
    if (this.flipped === flipped) return;
    const focused = document.activeElement?.dataset?.square;
    this.flipped = flipped;
    this.#lay();
    for (const [square, figure] of this.#figures) this.#put(figure.node, square);
    if (focused) this.#cells.get(focused).focus();
  }

  /** Moves what has moved, adds and removes the rest. */
  draw(fen) {
    const next = piecesOf(fen);
    const gone = [...this.#figures].filter(([square, figure]) => next.get(square) !== figure.code);
    for (const [square] of gone) this.#figures.delete(square);
    for (const [square, code] of next) {
      if (this.#figures.has(square)) continue;
      const found = gone.findIndex(([, figure]) => figure.code === code);
      const figure = found >= 0 ? gone.splice(found, 1)[0][1] : this.#newFigure(code);
      this.#figures.set(square, figure);
      this.#put(figure.node, square);
    }
    for (const [, figure] of gone) this.#remove(figure.node);
    this.pieces = next;
    for (const [square, cell] of this.#cells) cell.setAttribute("aria-label", this.#label(square));
  }

  /** Shows a move before the host has answered; the next `draw` corrects whatever it must. */
  preview(from, to) {
    const figure = this.#figures.get(from);
    if (!figure) return;
    const taken = this.#figures.get(to);
    if (taken) this.#remove(taken.node);
    this.#figures.delete(from);
    this.#figures.set(to, figure);
    this.#put(figure.node, to);
  }

  /** Marks squares: a map from a class name to squares. */
  mark(marks) {
    for (const cell of this.#cells.values()) cell.className = "square";
    for (const [name, squares] of Object.entries(marks))
      for (const square of squares) if (square) this.#cells.get(square).classList.add(name);
  }

  checkedKing(side) { return kingOf(this.pieces, side); }

  #label(square) {
    const code = this.pieces.get(square);
    return code ? `${square}, ${nameOf(code)}` : `${square}, empty`;
  }

  #newFigure(code) {
    const node = element("div", { class: "figure" }, pieceImage(code));
    this.#layer.append(node);
    return { code, node };
  }

  #put(node, square) {
    const [x, y] = this.place(square);
    node.style.setProperty("--x", x);
    node.style.setProperty("--y", y);
  }

  #remove(node) {
    node.classList.add("taken");
    setTimeout(() => node.remove(), 180);
  }

  #lay() {
    const rows = [];
    for (let y = 0; y < 8; y++) {
      const row = element("div", { role: "row", class: "row" });
      for (let x = 0; x < 8; x++) row.append(this.#newCell(this.squareAtPlace(x, y), x, y));
      rows.push(row);
    }
    this.root.replaceChildren(...rows);
  }

  #newCell(square, x, y) {
    const old = this.#cells.get(square);
    const dark = (columnOf(square) + rowOf(square)) % 2 === 0;
    const cell = element("div", {
      role: "gridcell", class: old?.className ?? "square", tabindex: old?.getAttribute("tabindex") ?? (square === "e2" ? "0" : "-1"), "data-square": square,
      "data-shade": dark ? "dark" : "light", "data-rank": x === 0 ? square[1] : null, "data-file": y === 7 ? square[0] : null,
      "aria-label": old?.getAttribute("aria-label") ?? square,
    });
    this.#cells.set(square, cell);
    return cell;
  }
}

/** The neighbour of a square on the screen, or the square itself at the edge. */
export function neighbour(board, square, dx, dy) {
  const [x, y] = board.place(square);
  return board.squareAtPlace(x + dx, y + dy) ?? square;
}
