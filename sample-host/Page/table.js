import { byId } from "./dom.js";
import { Board } from "./board.js";
import { BoardInput } from "./board-input.js";
import { Arrows } from "./arrows.js";
import { drawExpected } from "./expected-panel.js";
import { drawSeats } from "./seats.js";

const answerTime = 1500;
const toggles = ["arrows-base", "arrows-adapted", "arrows-fair"];
const isOn = id => byId(id).getAttribute("aria-pressed") === "true";

/** The board with its arrows and the two who sit at it. A move is shown at once and taken back when the host does not confirm it. */
export class Table {
  #store;
  #send;
  #board = new Board();
  #arrows = new Arrows(this.#board);
  #input = new BoardInput(this.#board, uci => this.#play("move", { uci }));
  #isTurned = false;
  #unconfirmed = null;

  constructor(store, send) {
    this.#store = store;
    this.#send = send;
    store.watch(({ game }) => game, () => this.#drawBoard());
    store.watch(({ game, profile, watch }) => [game, profile.name, watch?.player], state => drawSeats(state, this.#board.flipped));
    store.watch(({ game, arrows }) => [game, arrows], () => this.#drawArrows());
    store.watch(({ watch }) => watch?.speed, ({ watch }) => this.#board.root.parentElement.classList.toggle("hurried", watch?.speed === 100));
    byId("san-form").addEventListener("submit", event => this.#playText(event));
    byId("flip").addEventListener("click", () => this.#flip());
    for (const id of toggles) byId(id).addEventListener("click", () => this.#toggle(id));
  }

  /** Goes back to the position that the host knows. */
  settle() {
    this.#unconfirmed = null;
    this.#drawBoard();
  }

  #play(type, fields) {
    const { fen } = this.#store.state.game;
    if (!this.#send(type, fields)) return this.settle();
    this.#unconfirmed = fen;
    setTimeout(() => this.#unconfirmed === fen && this.settle(), answerTime);
  }

  #playText(event) {
    event.preventDefault();
    const field = byId("san"), text = field.value.trim();
    if (!text || !this.#store.state) return;
    field.value = "";
    this.#play("san", { text });
  }

  #drawBoard() {
    if (!this.#store.state) return;
    const { game } = this.#store.state;
    this.#board.turn((game.you === "b") !== this.#isTurned);
    if (this.#unconfirmed !== game.fen) {
      this.#unconfirmed = null;
      this.#board.draw(game.fen);
    }
    this.#input.show(game);
  }

  #drawArrows() {
    const { state } = this.#store;
    const { game, arrows } = state;
    const hidden = isOn("arrows-fair") && game.you === game.turn && game.result === null;
    const shown = (id, moves) => hidden || !isOn(id) ? [] : moves ?? [];
    this.#arrows.show(shown("arrows-base", arrows.base), shown("arrows-adapted", arrows.adapted));
    byId("arrows-adapted").disabled = arrows.adapted === null;
    drawExpected(state, hidden);
  }

  #flip() {
    this.#isTurned = !this.#isTurned;
    byId("flip").setAttribute("aria-pressed", this.#isTurned);
    if (!this.#store.state) return;
    this.#drawBoard();
    drawSeats(this.#store.state, this.#board.flipped);
    this.#arrows.redraw();
  }

  #toggle(id) {
    byId(id).setAttribute("aria-pressed", !isOn(id));
    if (this.#store.state) this.#drawArrows();
  }
}
