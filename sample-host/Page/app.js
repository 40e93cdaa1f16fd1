// Wires the page: state comes from the host and goes to the panels, what the player does goes to the host.

import { byId, write } from "./dom.js";
import { Store } from "./store.js";
import { Connection } from "./connection.js";
import { Board } from "./board.js";
import { BoardInput } from "./board-input.js";
import { Arrows } from "./arrows.js";
import { pieceImage } from "./pieces.js";
import { drawSeats } from "./seats.js";
import { drawMoves, drawVerdict, tellMoves } from "./game-panel.js";
import { drawMind } from "./mind-panel.js";
import { drawExpected, drawSwap } from "./expected-panel.js";
import { drawCurve } from "./curve-panel.js";
import { drawTraining } from "./training-panel.js";
import { drawAdapter } from "./adapter-panel.js";
import { drawFrames } from "./frames-panel.js";
import { drawStyles } from "./styles-panel.js";
import { askWho, connectWatch, drawImport, drawWatch } from "./games-panel.js";
import { connectNewGame } from "./new-game-dialog.js";
import { connectProfiles, drawProfile, drawProfileList } from "./profile-dialog.js";
import { connectFiles, readAdapter, save, uploadPgn } from "./files.js";
import { connectTabs, openTab } from "./tabs.js";
import { announce, notify } from "./announcer.js";
import { confirmed } from "./confirm.js";

const answerTime = 1500;

const store = new Store();
const connection = new Connection();
const board = new Board();
const arrows = new Arrows(board);
const input = new BoardInput(board, uci => sendMove("move", { uci }));
let flippedByHand = false;

const pressed = id => byId(id).getAttribute("aria-pressed") === "true";

function send(type, fields) {
  const sent = connection.send(type, fields);
  if (!sent) notify("Not connected to the game. It goes on as soon as the connection is back.");
  return sent;
}

/** Sends a move; when no new position comes, the board goes back to the one the host knows. */
function sendMove(type, fields) {
  const { fen } = store.state.game;
  if (!send(type, fields)) return drawBoard(store.state);
  awaiting = fen;
  setTimeout(settle, answerTime);
}

let awaiting = null;

function settle() {
  awaiting = null;
  drawBoard(store.state);
}

function drawBoard({ game }) {
  board.turn((game.you === "b") !== flippedByHand);
  if (awaiting !== game.fen) board.draw(game.fen);
  if (awaiting !== game.fen) awaiting = null;
  input.show(game);
}

function drawArrows({ game, arrows: expected }) {
  const hidden = pressed("arrows-fair") && canMove(game);
  const shown = (id, moves) => hidden || !pressed(id) ? [] : moves ?? [];
  arrows.show(shown("arrows-base", expected.base), shown("arrows-adapted", expected.adapted));
  byId("arrows-adapted").disabled = expected.adapted === null;
  drawExpected(store.state, hidden);
}

const canMove = ({ you, turn, result }) => you === turn && result === null;

store.watch(({ game }) => game, drawBoard);
store.watch(({ game, profile, watch }) => [game, profile.name, watch?.player], state => drawSeats(state, board.flipped));
store.watch(({ game }) => game.san, drawMoves);
store.watch(({ game, watch }) => [game, watch], tellMoves);
store.watch(({ game }) => [game.result, game.fen], drawVerdict);
store.watch(({ game }) => [game.you, game.result], ({ game }) => { byId("resign").disabled = !game.you || game.result !== null; });
store.watch(({ game }) => canMove(game), ({ game }) => { byId("san").disabled = !canMove(game); });
store.watch(({ game, arrows }) => [game, arrows], drawArrows);
store.watch(({ game, mind, watch }) => [game.result, mind, watch !== null], drawMind);
store.watch(({ swap }) => swap, drawSwap);
store.watch(({ curve }) => curve, drawCurve);
store.watch(({ training }) => training, drawTraining);
store.watch(({ profile }) => [profile.name, profile.adapter], drawAdapter);
store.watch(({ frames }) => frames, drawFrames);
store.watch(({ styles, profile }) => [styles, profile.name, profile.kind], state => drawStyles(state, id => send("style", { id })));
store.watch(state => state.import, drawImport);
store.watch(({ watch }) => watch, drawWatch);
store.watch(({ profile }) => profile, drawProfile);
store.watch(({ profile, profiles }) => [profile.name, profiles], state => drawProfileList(state, name => send("profile", { name })));

connection.addEventListener("message", ({ detail: message }) => {
  if (message.type === "state") store.publish(message);
  else if (message.type === "download") save(message.name, message.data);
  else if (message.type === "error") {
    notify(message.message);
    if (awaiting) settle();
  }
});

connection.addEventListener("status", ({ detail: { connected, seconds } }) => {
  byId("connection").dataset.state = connected ? "connected" : "waiting";
  write(byId("connection"), connected ? "Connected" : `Connection lost, next try in ${seconds} s`);
  document.body.classList.toggle("offline", !connected);
});

byId("san-form").addEventListener("submit", event => {
  event.preventDefault();
  const field = byId("san"), text = field.value.trim();
  if (!text) return;
  sendMove("san", { text });
  field.value = "";
});

byId("flip").addEventListener("click", () => {
  flippedByHand = !flippedByHand;
  byId("flip").setAttribute("aria-pressed", flippedByHand);
  if (!store.state) return;
  drawBoard(store.state);
  drawSeats(store.state, board.flipped);
  arrows.redraw();
});

byId("resign").addEventListener("click", async () => {
  if (await confirmed("Resign?", "The game counts as lost. What the rival has learned stays.", "Resign")) send("resign");
});

byId("pause").addEventListener("click", () => send("pause", { paused: !pressed("pause") }));

for (const id of ["arrows-base", "arrows-adapted", "arrows-fair"])
  byId(id).addEventListener("click", () => {
    byId(id).setAttribute("aria-pressed", !pressed(id));
    if (store.state) drawArrows(store.state);
  });

connectNewGame(() => store.state, fields => send("newGame", fields));
connectProfiles(() => store.state, {
  open: name => send("profile", { name }),
  rename: to => send("rename", { to }),
  forget: name => send("forget", { name }),
  exportAdapter: () => send("exportAdapter"),
});
connectWatch({ setSpeed: speed => send("watchSpeed", { speed }), stop: () => send("stopWatch") });
connectTabs(document.querySelector("[role=tablist]"));
connectFiles({ pgn: file => attempt(() => takePgn(file)), adapter: file => attempt(() => takeAdapter(file)) });

async function takePgn(file) {
  openTab(byId("tab-games"));
  announce(`Reading ${file.name}`);
  const read = await uploadPgn(file);
  askWho(file.name, read, {
    learn: player => send("import", { token: read.token, player }),
    watch: player => send("watch", { token: read.token, player, speed: 1 }),
  });
}

async function takeAdapter(file) {
  send("importAdapter", { name: file.name.replace(/\.lora$/i, ""), data: await readAdapter(file) });
}

async function attempt(action) {
  try {
    await action();
  } catch (error) {
    notify(error.message);
  }
}

/** Each panel has a link to the lines that do what it shows. */
for (const panel of document.querySelectorAll("[data-how] > header")) {
  const link = document.createElement("a");
  link.href = `how.html#${panel.parentElement.dataset.how}`;
  link.className = "how";
  link.textContent = "how?";
  link.setAttribute("aria-label", `How it works: ${panel.querySelector("h2").textContent}`);
  panel.append(link);
}

byId("crest").append(pieceImage("wn"), pieceImage("bn"));
connection.open();
