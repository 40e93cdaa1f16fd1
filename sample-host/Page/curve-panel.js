import { byId, shape } from "./dom.js";
import { percent, plural } from "./format.js";

const width = 320, height = 118;
const left = 30, right = 44, top = 8, bottom = 18;

/** Running accuracy of both models by number of own moves. */
export function drawCurve({ curve }) {
  const plot = shape("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": describe(curve) });
  const lastMoves = Math.max(20, curve.at(-1)?.moves ?? 0);
  const best = Math.max(0.2, ...curve.flatMap(point => [point.base, point.adapted ?? 0]));
  const ceiling = Math.ceil(best * 10) / 10;
  const x = moves => left + moves / lastMoves * (width - left - right);
  const y = value => height - bottom - value / ceiling * (height - top - bottom);
  const step = ceiling > 0.5 ? 0.2 : 0.1;
  for (let value = 0; value <= ceiling + 1e-9; value += step) plot.append(...gridLine(y(value), percent(value)));
  plot.append(label(x(0), height - 5, "0", "middle"), label(x(lastMoves), height - 5, plural(lastMoves, "move"), "middle"));
  if (curve.length === 0) plot.append(label((left + width - right) / 2, height / 2, "Your first moves draw it", "middle", "note"));
  else plot.append(...line(curve, "base", x, y), ...line(curve, "adapted", x, y), ...ends(curve.at(-1), x, y));
  byId("curve").replaceChildren(plot);
}

function describe(curve) {
  const last = curve.at(-1);
  if (!last) return "No moves yet";
  return `After ${plural(last.moves, "move")}: base ${percent(last.base)} of your moves guessed, adapted ${percent(last.adapted ?? 0)}`;
}

const gridLine = (y, text) => [shape("path", { class: "grid", d: `M${left} ${y} H${width - right}` }), label(left - 5, y + 3, text, "end")];
const label = (x, y, text, anchor, kind = "tick") => shape("text", { x, y, class: kind, "text-anchor": anchor }, text);

function line(curve, kind, x, y) {
  const points = curve.filter(point => point[kind] !== null).map(point => `${x(point.moves).toFixed(1)} ${y(point[kind]).toFixed(1)}`);
  return points.length ? [shape("path", { class: `curve-line ${kind}`, d: `M${points.join(" L")}` })] : [];
}

/** A mark and the value at the end of each line, kept apart when the lines meet. */
function ends(last, x, y) {
  const near = last.adapted === null ? 0 : Math.max(0, 12 - Math.abs(y(last.base) - y(last.adapted))) / 2;
  const down = last.adapted !== null && last.base < last.adapted ? near : -near;
  const end = (kind, value, shift) => value === null ? [] : [
    shape("circle", { class: `end ${kind}`, cx: x(last.moves), cy: y(value), r: 3 }),
    label(x(last.moves) + 7, y(value) + 4 + shift, percent(value), "start", `end-label ${kind}`)];
  return [...end("base", last.base, down), ...end("adapted", last.adapted, -down)];
}
