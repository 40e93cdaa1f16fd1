import { byId, element, shape } from "./dom.js";
import { count, milliseconds } from "./format.js";

const budget = 1000 / 60;

export function drawFrames({ frames }) {
  byId("frames").replaceChildren(row("on", frames.on), row("off", frames.off));
  drawSparkline(frames.recent);
}

function row(name, times) {
  const values = ["p50", "p95", "p99"].map(key => element("td", {}, times.count ? milliseconds(times[key]) : "–"));
  return element("tr", {}, element("th", { scope: "row", title: `${count(times.count)} frames` }, name), ...values);
}

/** The newest frames from left to right; the dotted line is the time that a frame has. */
function drawSparkline(recent) {
  const highest = Math.max(budget * 1.15, ...recent);
  const y = value => 27 - value / highest * 26;
  const points = recent.map((value, i) => `${i + 120 - recent.length} ${y(value).toFixed(1)}`);
  byId("sparkline").replaceChildren(
    shape("path", { class: "budget", d: `M0 ${y(budget)} H120` }),
    ...(points.length ? [shape("path", { class: "area", d: `M${120 - recent.length} 28 L${points.join(" L")} L119 28 Z` }), shape("path", { class: "trace", d: `M${points.join(" L")}` })] : []));
}
