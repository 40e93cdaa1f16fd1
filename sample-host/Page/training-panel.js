import { byId, element, write } from "./dom.js";
import { count, percent, plural } from "./format.js";

const statuses = {
  collecting: "Collecting moves", training: "Training", scoring: "Scoring the candidate", waiting: "Waiting for new moves", paused: "Paused", off: "Off",
};

export function drawTraining({ training }) {
  write(byId("training-status"), statuses[training.status] ?? training.status);
  byId("training-status").dataset.status = training.status;
  const meter = byId("training-progress");
  meter.setAttribute("aria-valuenow", Math.round(100 * training.progress));
  meter.firstElementChild.style.setProperty("--part", training.progress);
  const pause = byId("pause");
  pause.setAttribute("aria-pressed", training.paused);
  pause.disabled = training.status === "off";
  write(pause, training.paused ? "Resume" : "Pause");
  byId("training-facts").replaceChildren(
    ...fact("Busy", percent(training.duty), "Share of the time that the training thread works"),
    ...fact("Trains on", training.trainer), ...fact("Serves on", training.provider), ...fact("Promoted", count(training.promotions ?? 0), "Candidates that came into use"));
  drawShadow(training.shadow);
  write(byId("decision"), training.lastDecision ?? "");
}

function comparison(advantage) {
  const nats = Math.abs(advantage).toFixed(3);
  return nats === "0.000" ? "As good as the base" : `${nats} nats a move ${advantage < 0 ? "worse" : "better"} than the base`;
}

const fact = (name, value, title) => [element("dt", { title }, name), element("dd", {}, value)];

/** The candidate's score on moves that it has not trained on, and how much of the evidence is there that promotion takes. */
function drawShadow(shadow) {
  const box = byId("shadow");
  box.hidden = !shadow;
  if (!shadow) return;
  const evidence = element("span");
  evidence.style.setProperty("--part", shadow.evidence);
  box.replaceChildren(
    element("p", { class: "shadow-title" }, element("strong", {}, "Candidate"), element("em", {}, "not yet in use"), element("span", { class: "quiet" }, `${percent(shadow.evidence)} of the evidence`)),
    element("p", {}, `${comparison(shadow.advantage)} on ${plural(shadow.records, "new move")}`),
    element("div", { class: "meter thin", role: "progressbar", "aria-label": "Evidence for promotion", "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": Math.round(100 * shadow.evidence) }, evidence));
}
