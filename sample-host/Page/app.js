// Wires the page: state comes from the host and goes to the panels, what the player does goes to the host.

import { byId, write } from "./dom.js";
import { Store } from "./store.js";
import { Connection } from "./connection.js";
import { Table } from "./table.js";
import { pieceImage } from "./pieces.js";
import { drawMoves, drawVerdict, tellMoves } from "./game-panel.js";
import { drawMind } from "./mind-panel.js";
import { drawSwap } from "./expected-panel.js";
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

const store = new Store();
const connection = new Connection();
const table = new Table(store, send);

function send(type, fields) {
  const sent = connection.send(type, fields);
  if (!sent) notify("Not connected to the game. It goes on as soon as the connection is back.");
  return sent;
}

store.watch(({ game }) => game.san, drawMoves);
store.watch(({ game, watch }) => [game, watch], tellMoves);
store.watch(({ game }) => [game.result, game.fen], drawVerdict);
store.watch(({ game }) => [game.you, game.result], ({ game }) => { byId("resign").disabled = !game.you || game.result !== null; });
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
    table.settle();
  }
});

connection.addEventListener("status", ({ detail: { connected, seconds } }) => {
  byId("connection").dataset.state = connected ? "connected" : "waiting";
  write(byId("connection"), connected ? "Connected" : `Connection lost, next try in ${seconds} s`);
  document.body.classList.toggle("offline", !connected);
});

byId("resign").addEventListener("click", async () => {
  if (await confirmed("Resign?", "The game counts as lost. What the rival has learned stays.", "Resign")) send("resign");
});

byId("pause").addEventListener("click", () => send("pause", { paused: byId("pause").getAttribute("aria-pressed") !== "true" }));

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
