import { byId, element, write } from "./dom.js";
import { confirmed } from "./confirm.js";
import { plural } from "./format.js";

const kinds = { player: "player", style: "style of the past", imported: "imported" };

/** The open profile on its button, and what can be done with it. */
export function drawProfile({ profile }) {
  write(byId("profile-name"), profile.name);
  write(byId("profile-records"), plural(profile.records, "move"));
  write(byId("rename-whom"), profile.name);
  byId("profile-export").disabled = !profile.adapter;
  byId("profile-forget").disabled = profile.kind === "style";
  for (const part of byId("profile-rename").elements) part.disabled = profile.kind === "style";
}

/** All profiles; pressing one opens it. */
export function drawProfileList({ profile, profiles }, open) {
  byId("profile-list").replaceChildren(...profiles.map(({ name, kind }) => element("li", {},
    element("button", { type: "button", class: "profile", "aria-pressed": String(name === profile.name), click: () => { byId("profiles").close(); open(name); } },
      element("strong", {}, name), element("span", { class: "quiet" }, kinds[kind] ?? kind)))));
}

/** Sets up the dialog's forms; `actions` sends what they ask for. */
export function connectProfiles(getState, { open, rename, forget, exportAdapter }) {
  const dialog = byId("profiles");
  const leave = action => value => {
    dialog.close();
    action(value);
  };
  byId("open-profiles").addEventListener("click", () => dialog.showModal());
  connectForm("profile-create", "name", leave(open));
  connectForm("profile-rename", "to", rename);
  byId("profile-export").addEventListener("click", exportAdapter);
  byId("export").addEventListener("click", exportAdapter);
  byId("profile-forget").addEventListener("click", async () => {
    const { name } = getState().profile;
    if (await confirmed(`Forget ${name}?`, "Every recorded move and every adapter of this profile is deleted from this device. It cannot be taken back.", "Forget for ever")) leave(forget)(name);
  });
}

function connectForm(id, field, send) {
  byId(id).addEventListener("submit", event => {
    event.preventDefault();
    const value = event.target.elements[field].value.trim();
    if (!value) return;
    send(value);
    event.target.reset();
  });
}
