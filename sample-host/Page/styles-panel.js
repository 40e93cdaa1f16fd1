import { byId, element } from "./dom.js";

/** A card for each player of the past; pressing one swaps the adapter. */
export function drawStyles({ styles, profile }, choose) {
  const focused = document.activeElement?.dataset?.style;
  byId("styles").replaceChildren(...styles.map(style => card(style, profile.kind === "style" && profile.name === style.name, choose)));
  if (focused) byId("styles").querySelector(`[data-style="${CSS.escape(focused)}"]`)?.focus();
}

const card = ({ id, name, years, about }, chosen, choose) => element("li", {},
  element("button", { type: "button", class: "style-card", "data-style": id, "aria-pressed": String(chosen), click: () => choose(id) },
    element("span", { class: "style-initial", "aria-hidden": "true" }, name[0]),
    element("span", { class: "style-text" }, element("strong", {}, name), element("span", { class: "quiet" }, years.replace("-", "–")), element("small", {}, about))));
