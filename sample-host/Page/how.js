// Finds the lines that how.html names by a piece of their text, so that a link points at the right line after every edit.

import { byId, element } from "./dom.js";
import { pieceImage } from "./pieces.js";

const shown = 9;
const sources = new Map();

/** The lines of a file of the host, as its page has them. */
function linesOf(file) {
  if (!sources.has(file)) sources.set(file, read(file));
  return sources.get(file);
}

async function read(file) {
  const answer = await fetch(`source/${file}`);
  if (!answer.ok) throw new Error(`${file} is not there (${answer.status}).`);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return Array.from(page.querySelectorAll(".source > li"), line => line.textContent.replace(/\n$/, ""));
}

/** Points a link at its line and quotes the lines from there to the end of the member. */
async function link(anchor) {
  const { file, marker } = anchor.dataset;
  anchor.href = `source/${file}`;
  const lines = await linesOf(file);
  const first = lines.findIndex(line => line.includes(marker));
  if (first < 0) return void (anchor.dataset.missing = marker);
  anchor.href += `#L${first + 1}`;
  anchor.append(element("span", { class: "quiet" }, ` ${file.split("/").pop()}, line ${first + 1}`));
  anchor.after(element("pre", { class: "quote", tabindex: "0", "aria-label": `${file} from line ${first + 1}` }, element("code", {}, quote(lines, first))));
}

function quote(lines, first) {
  const indent = line => line.search(/\S/);
  const depth = indent(lines[first]);
  const rest = lines.slice(first + 1).findIndex(line => line.trim() === "" && lines[first].endsWith(";") || line.startsWith(" ".repeat(depth) + "}"));
  const last = first + 1 + Math.min(rest < 0 ? shown : rest + 1, shown);
  return lines.slice(first, last).map(line => line.slice(Math.min(depth, Math.max(0, indent(line))))).join("\n").trimEnd();
}

for (const anchor of document.querySelectorAll("a[data-file]")) link(anchor).catch(() => { anchor.dataset.missing = anchor.dataset.file; });
byId("crest").append(pieceImage("wn"), pieceImage("bn"));
if (location.hash) byId(location.hash.slice(1))?.scrollIntoView();
