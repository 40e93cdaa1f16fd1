import { byId, shape, write } from "./dom.js";
import { percent, plural } from "./format.js";

const width = 320, height = 118;
const left = 34, right = 44, top = 10, bottom = 18;
const settled = 20;

/** Running accuracy of both models by number of own moves. The scale fits what comes after the first moves, which jump. */
export function drawCurve({ curve }) {
  const plot = shape("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": describe(curve) },
    shape("clipPath", { id: "plot-area" }, shape("rect", { x: left, y: top - 3, width: width - left - right + 4, height: height - top - bottom + 6 })));
  const lastMoves = Math.max(settled, curve.at(-1)?.moves ?? 0);
  const { low, high, step } = scale(curve);
  const x = moves => left + moves / lastMoves * (width - left - right);
  const y = value => height - bottom - (value - low) / (high - low) * (height - top - bottom);
  for (let value = low; value <= high + 1e-9; value += step) plot.append(...gridLine(y(value), percent(value)));
  plot.append(label(x(0), height - 5, "0", "middle"), label(x(lastMoves), height - 5, plural(lastMoves, "move"), "middle"));
  if (curve.length === 0) plot.append(label((left + width - right) / 2, height / 2 - 8, "Your first moves draw it", "middle", "note"));
  else plot.append(...line(curve, "base", x, y), ...line(curve, "adapted", x, y), ...ends(curve.at(-1), x, y));
  byId("curve").replaceChildren(plot);
  write(byId("curve-hint"), lead(curve.at(-1)));
}

function scale(curve) {
  const later = curve.filter(point => point.moves >= settled);
  const values = (later.length ? later : curve).flatMap(point => [point.base, point.adapted]);
  if (values.length === 0) return { low: 0, high: 0.4, step: 0.1 };
  const least = Math.min(...values), most = Math.max(...values);
  const step = most - least > 0.4 ? 0.2 : most - least > 0.15 ? 0.1 : 0.05;
  const low = Math.max(0, Math.floor((least - 0.02) / step) * step);
  return { low, high: Math.max(low + 2 * step, Math.ceil((most + 0.01) / step) * step), step };
}

function lead(last) {
  if (!last) return "moves guessed right";
  const points = Math.round(100 * (last.adapted - last.base));
  return points === 0 ? "both guess alike so far" : `adapted is ${plural(Math.abs(points), "point")} ${points > 0 ? "ahead" : "behind"}`;
}

function describe(curve) {
  const last = curve.at(-1);
  return last ? `After ${plural(last.moves, "move")}: base ${percent(last.base)} of your moves guessed, adapted ${percent(last.adapted)}` : "No moves yet";
}

const gridLine = (y, text) => [shape("path", { class: "grid", d: `M${left} ${y} H${width - right}` }), label(left - 5, y + 3, text, "end")];
const label = (x, y, text, anchor, kind = "tick") => shape("text", { x, y, class: kind, "text-anchor": anchor }, text);

function line(curve, kind, x, y) {
  const points = curve.map(point => `${x(point.moves).toFixed(1)} ${y(point[kind]).toFixed(1)}`);
  return [shape("path", { class: `curve-line ${kind}`, d: `M${points.join(" L")}`, "clip-path": "url(#plot-area)" })];
}

/** A mark and the value at the end of each line, kept apart when the lines meet. */
function ends(last, x, y) {
  const near = Math.max(0, 12 - Math.abs(y(last.base) - y(last.adapted))) / 2;
  const down = last.base <= last.adapted ? near : -near;
  const end = (kind, value, shift) => [
    shape("circle", { class: `end ${kind}`, cx: x(last.moves), cy: y(value), r: 3 }),
    label(x(last.moves) + 7, y(value) + 4 + shift, percent(value), "start", `end-label ${kind}`)];
  return [...end("base", last.base, down), ...end("adapted", last.adapted, -down)];
}
