import { byId, element } from "./dom.js";
import { bytes, plural } from "./format.js";

/** How large the adapter is, how often it was renewed, and the file of each device that has trained it. */
export function drawAdapter({ profile }) {
  const { adapter } = profile;
  byId("export").disabled = !adapter;
  if (!adapter) return byId("adapter").replaceChildren(element("p", { class: "hint" }, "None yet: the base model serves."));
  byId("adapter").replaceChildren(
    element("p", { class: "adapter-size" }, element("strong", {}, bytes(adapter.bytes)), element("span", { class: "quiet" }, `is all that ${profile.name} is`), element("span", { class: "generation" }, `generation ${adapter.generation}`)),
    element("ul", { class: "devices", "aria-label": plural(adapter.devices.length, "device file") }, ...adapter.devices.map(device)));
}

const device = ({ id, bytes: size, when }) => element("li", {},
  element("code", {}, id.length > 18 ? id.slice(0, 18) + "…" : id), element("span", {}, bytes(size)), element("time", { class: "quiet", datetime: when }, at(when)));

function at(when) {
  const date = new Date(when);
  return Number.isNaN(date.getTime()) ? when : date.toLocaleString("en", { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}
