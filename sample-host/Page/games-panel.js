import { byId, element, write } from "./dom.js";
import { count, plural, seconds } from "./format.js";

const phases = {
  logging: "Play on: reading happens between frames", learning: "The first adapter is being trained",
  testing: "The newest games are guessed, as a test", done: "",
};
const mostPlayers = 200;

/** Asks whose games of the file these are, and whether to learn from them at once or to watch them. */
export function askWho(file, { players }, { learn, watch }) {
  const form = byId("who");
  const choices = [...players].sort((a, b) => b.games - a.games).slice(0, mostPlayers);
  const select = element("select", { "aria-label": "Player", name: "player" }, ...choices.map(({ name, games }) => element("option", { value: name }, `${name} (${plural(games, "game")})`)));
  const leave = action => event => {
    event.preventDefault();
    form.hidden = true;
    byId("drop").hidden = false;
    action?.(select.value);
  };
  form.onsubmit = leave(learn);
  form.replaceChildren(
    element("label", { class: "field" }, element("span", {}, `Which player of ${file} is you?`), select),
    element("div", { class: "buttons" }, element("button", { class: "primary", type: "submit" }, "Learn from these games"),
      element("button", { type: "button", click: leave(watch) }, "Watch them played"), element("button", { type: "button", class: "plain", click: leave() }, "Cancel")));
  form.hidden = false;
  byId("drop").hidden = true;
  select.focus();
}

/** How far the import is. */
export function drawImport(state) {
  const box = byId("importing"), file = state.import;
  box.hidden = !file;
  if (!file) return;
  const fill = element("span");
  fill.style.setProperty("--part", file.moves ? file.logged / file.moves : 0);
  box.replaceChildren(
    element("p", {}, element("strong", {}, `${file.done ? "Learned from" : file.phase === "logging" ? "Reading" : "Learning from"} ${file.player}`), element("span", { class: "quiet" }, file.name)),
    element("div", { class: "meter", role: "progressbar", "aria-label": "Import", "aria-valuemin": 0, "aria-valuemax": file.moves, "aria-valuenow": file.logged }, fill),
    element("p", { class: "quiet" }, `${count(file.logged)} of ${plural(file.moves, "move")} in ${seconds(file.seconds)}`),
    element("p", { class: "quiet" }, phases[file.phase] ?? ""),
    file.promotedAfter === null ? "" : element("p", { class: "good" }, `First adapter in use after ${seconds(file.promotedAfter)}`));
}

/** The game that is being watched, and how fast. */
export function drawWatch({ watch }) {
  byId("watching").hidden = !watch;
  if (!watch) return;
  write(byId("watched"), watch.finished ? `Watched ${watch.player}` : `Watching ${watch.player}`);
  write(byId("watched-game"), `game ${count(watch.game)} of ${count(watch.games)}`);
  write(byId("watch-stop"), watch.finished ? "Close" : "Stop");
  for (const button of byId("watch-speeds").children) button.setAttribute("aria-pressed", Number(button.value) === watch.speed);
}

export function connectWatch({ setSpeed, stop }) {
  byId("watch-speeds").addEventListener("click", event => event.target.value && setSpeed(Number(event.target.value)));
  byId("watch-stop").addEventListener("click", stop);
}
