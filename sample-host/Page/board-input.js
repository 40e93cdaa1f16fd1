import { neighbour } from "./board.js";
import { choosePromotion } from "./promotion.js";

const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const dragStart = 5;

/** Turns dragging, clicking and keys on the board into moves: `play(uci)` is called with a legal one. */
export class BoardInput {
  #board;
  #play;
  #game = null;
  #selected = null;
  #drag = null;
  #deselectOnUp = false;

  constructor(board, play) {
    this.#board = board;
    this.#play = play;
    const root = board.root;
    root.addEventListener("pointerdown", event => this.#down(event));
    root.addEventListener("pointermove", event => this.#move(event));
    root.addEventListener("pointerup", event => this.#up(event));
    root.addEventListener("pointercancel", () => this.#drop());
    root.addEventListener("keydown", event => this.#key(event));
    root.addEventListener("focusin", event => this.#roam(event.target.dataset.square));
  }

  /** The newest game. A selection survives as long as the position does. */
  show(game) {
    if (this.#game?.fen !== game.fen) this.#selected = null;
    this.#game = game;
    this.refresh();
  }

  refresh() {
    const game = this.#game;
    if (!game) return;
    const targets = this.#targets(this.#selected);
    const empty = square => !this.#board.pieces.has(square);
    this.#board.mark({
      moved: game.lastMove ? [game.lastMove.slice(0, 2), game.lastMove.slice(2, 4)] : [],
      checked: game.check ? [this.#board.checkedKing(game.turn)] : [],
      selected: [this.#selected],
      target: targets.filter(empty),
      prey: targets.filter(square => !empty(square)),
    });
    for (const row of this.#board.root.children)
      for (const cell of row.children) cell.setAttribute("aria-selected", cell.dataset.square === this.#selected);
  }

  get #mine() { return this.#game && !this.#game.result && this.#game.you === this.#game.turn; }
  #targets(from) { return from ? [...new Set(this.#movesFrom(from).map(uci => uci.slice(2, 4)))] : []; }
  #movesFrom(from) { return this.#mine ? this.#game.legal.filter(uci => uci.startsWith(from)) : []; }
  #owns(square) { return this.#mine && this.#board.pieces.get(square)?.[0] === this.#game.you; }

  #down(event) {
    const square = this.#under(event);
    if (!square || event.button !== 0 || !this.#game) return;
    event.preventDefault();
    this.#board.cell(square).focus({ preventScroll: true });
    if (!this.#owns(square)) return void this.#choose(square);
    this.#deselectOnUp = this.#selected === square;
    this.#selected = square;
    this.#drag = { from: square, x: event.clientX, y: event.clientY, moving: false };
    this.#board.root.setPointerCapture(event.pointerId);
    this.refresh();
  }

  #move(event) {
    const drag = this.#drag;
    if (!drag) return;
    const dx = event.clientX - drag.x, dy = event.clientY - drag.y;
    if (!drag.moving && Math.hypot(dx, dy) < dragStart) return;
    drag.moving = true;
    const figure = this.#board.figure(drag.from);
    figure?.classList.add("lifted");
    figure?.style.setProperty("--dx", `${dx}px`);
    figure?.style.setProperty("--dy", `${dy}px`);
    this.#hover(this.#under(event));
  }

  #up(event) {
    const drag = this.#drag;
    if (!drag) return;
    const square = this.#under(event);
    this.#drop();
    if (drag.moving) this.#choose(square, true);
    else if (this.#deselectOnUp) this.#clear();
  }

  #drop() {
    const figure = this.#drag && this.#board.figure(this.#drag.from);
    figure?.classList.remove("lifted");
    for (const name of ["--dx", "--dy"]) figure?.style.removeProperty(name);
    this.#drag = null;
    this.#hover(null);
  }

  #key(event) {
    const square = event.target.dataset.square;
    if (!square || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key in steps) this.#board.cell(neighbour(this.#board, square, ...steps[event.key])).focus();
    else if (event.key === "Enter" || event.key === " ") this.#choose(square);
    else if (event.key === "Escape") this.#clear();
    else return;
    event.preventDefault();
  }

  /** Selects a piece of one's own, drops the selected one, or lets go of it. */
  async #choose(square, dropped = false) {
    const from = this.#selected;
    const moves = from && square ? this.#movesFrom(from).filter(uci => uci.slice(2, 4) === square) : [];
    if (moves.length === 0) {
      this.#selected = square && square !== from && this.#owns(square) ? square : dropped ? from : null;
      return this.refresh();
    }
    this.#clear();
    const uci = moves.length === 1 ? moves[0] : await choosePromotion(this.#game.you, from + square);
    if (!uci || !this.#game.legal.includes(uci)) return;
    this.#board.preview(from, square);
    this.#play(uci);
  }

  #clear() {
    this.#selected = null;
    this.refresh();
  }

  #roam(square) {
    if (!square) return;
    for (const row of this.#board.root.children)
      for (const cell of row.children) cell.tabIndex = cell.dataset.square === square ? 0 : -1;
  }

  #hover(square) {
    this.#board.root.querySelector(".over")?.classList.remove("over");
    if (square) this.#board.cell(square).classList.add("over");
  }

  #under(event) {
    const box = this.#board.root.getBoundingClientRect();
    return this.#board.squareAtPlace(Math.floor((event.clientX - box.left) / box.width * 8), Math.floor((event.clientY - box.top) / box.height * 8));
  }
}
