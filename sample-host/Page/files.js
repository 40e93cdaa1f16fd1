import { byId } from "./dom.js";

const mostPgn = 32 * 1024 * 1024;
const mostAdapter = 47 * 1024;
const isAdapter = name => name.toLowerCase().endsWith(".lora");

/** Files dropped anywhere on the page or chosen with a button, sorted by what they are. */
export function connectFiles({ pgn, adapter }) {
  const take = file => file && (isAdapter(file.name) ? adapter : pgn)(file);
  let depth = 0;
  const show = shown => { byId("dropping").hidden = !shown; };
  const hasFiles = event => event.dataTransfer?.types.includes("Files");
  addEventListener("dragenter", event => hasFiles(event) && (depth++, show(true)));
  addEventListener("dragleave", event => hasFiles(event) && --depth === 0 && show(false));
  addEventListener("dragover", event => hasFiles(event) && event.preventDefault());
  addEventListener("drop", event => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    depth = 0;
    show(false);
    take(event.dataTransfer.files[0]);
  });
  connectChooser("choose-pgn", "pgn-file", take);
  connectChooser("import-adapter", "adapter-file", take);
  connectChooser("profile-import", "adapter-file", take);
}

function connectChooser(button, input, take) {
  byId(button).addEventListener("click", () => byId(input).click());
  byId(input).onchange = event => {
    take(event.target.files[0]);
    event.target.value = "";
  };
}

/** Sends a PGN to the host; gives its token and the players in it. */
export async function uploadPgn(file) {
  if (file.size > mostPgn) throw new Error(`${file.name} is larger than 32 MB.`);
  const answer = await fetch(`pgn?name=${encodeURIComponent(file.name.slice(-100))}`, { method: "POST", body: file });
  if (!answer.ok) throw new Error(await problemOf(answer) ?? `The host answered ${answer.status} to ${file.name}.`);
  return answer.json();
}

const problemOf = answer => answer.json().then(({ message }) => message, () => null);

/** An adapter's file in base64. */
export async function readAdapter(file) {
  if (file.size > mostAdapter) throw new Error(`${file.name} is larger than 47 KB, so it is no adapter of this game.`);
  const bytes = new Uint8Array(await file.arrayBuffer());
  return btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join(""));
}

/** Gives the browser a file to save. */
export function save(name, base64) {
  const bytes = Uint8Array.from(atob(base64), letter => letter.charCodeAt(0));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes]));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
