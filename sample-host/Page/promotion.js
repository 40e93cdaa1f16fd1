import { byId, element } from "./dom.js";
import { nameOf, promotions } from "./position.js";
import { pieceImage } from "./pieces.js";

/** Asks which piece a pawn becomes. Gives the whole move ("e7e8q"), or null when the player thinks better of it. */
export function choosePromotion(side, move) {
  const dialog = byId("promotion");
  const choices = promotions.map(kind => element("button", { class: "choice", value: kind, "aria-label": nameOf(side + kind).split(" ")[1] }, pieceImage(side + kind)));
  byId("promotion-choices").replaceChildren(...choices);
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise(resolve =>
    dialog.addEventListener("close", () => resolve(promotions.includes(dialog.returnValue) ? move + dialog.returnValue : null), { once: true }));
}
