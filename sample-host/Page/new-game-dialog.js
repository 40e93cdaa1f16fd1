import { byId, element, write } from "./dom.js";

/** Sets up the dialog; `start` gets the fields of the newGame message. */
export function connectNewGame(getState, start) {
  const dialog = byId("new-game");
  const form = dialog.querySelector("form");
  const showTemperature = () => write(byId("temperature-value"), Number(form.elements.temperature.value).toFixed(1));
  form.addEventListener("input", showTemperature);
  form.elements.name.addEventListener("change", () => { form.elements.kind.value = "profile"; });
  const open = () => {
    if (!getState()) return;
    fill(form, getState());
    showTemperature();
    dialog.returnValue = "";
    dialog.showModal();
  };
  byId("open-new-game").addEventListener("click", open);
  byId("verdict-again").addEventListener("click", open);
  dialog.addEventListener("close", () => dialog.returnValue === "start" && start(choice(form.elements)));
}

function fill({ elements }, { game, profiles, styles }) {
  const others = [...new Set([...profiles.map(profile => profile.name), ...styles.map(style => style.name)])];
  elements.name.replaceChildren(...others.map(name => element("option", {}, name)));
  elements.kind.value = game.opponent.kind;
  if (others.includes(game.opponent.name)) elements.name.value = game.opponent.name;
  elements.temperature.value = game.temperature;
  elements.blunderCheck.checked = game.blunderCheck;
}

function choice({ you, kind, name, temperature, blunderCheck }) {
  return {
    you: you.value === "random" ? (Math.random() < 0.5 ? "w" : "b") : you.value,
    opponent: { kind: kind.value, name: kind.value === "profile" ? name.value : null },
    temperature: Number(temperature.value), blunderCheck: blunderCheck.checked,
  };
}
