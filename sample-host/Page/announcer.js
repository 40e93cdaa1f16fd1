import { byId, element, write } from "./dom.js";

const shownFor = 9000;

/** What a screen reader says: moves and results, politely. */
export function announce(text) {
  write(byId("announcer"), text);
}

/** One line that something went wrong, in words and on the page, until it is closed or some seconds have gone. */
export function notify(message, kind = "error") {
  const notice = element("div", { class: `notice ${kind}` }, element("p", {}, message),
    element("button", { type: "button", class: "icon", "aria-label": "Close", click: () => notice.remove() }, "×"));
  const notices = byId("notices");
  raise(notices);
  notices.append(notice);
  while (notices.children.length > 3) notices.firstChild.remove();
  setTimeout(() => notice.remove(), shownFor);
}

/** Everything outside an open dialog is inert, so the notices go into it for as long as it is open. */
function raise(notices) {
  const dialog = document.querySelector("dialog:modal");
  if (!dialog || dialog.contains(notices)) return;
  dialog.append(notices);
  dialog.addEventListener("close", () => document.body.append(notices), { once: true });
}
