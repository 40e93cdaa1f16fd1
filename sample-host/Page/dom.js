// Builders of elements. Nothing here takes markup, so no name from a PGN can become any.

const svgNamespace = "http://www.w3.org/2000/svg";

export const byId = id => document.getElementById(id);

/** An HTML element. Attributes that are functions become listeners; false and null leave an attribute out. */
export function element(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/** An SVG element. */
export function shape(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(svgNamespace, tag), attributes, children);
}

function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") node.addEventListener(name, value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter(child => child !== null && child !== undefined));
  return node;
}

/** Writes text only when it differs, so that live regions stay quiet and selections stay. */
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Starts a CSS animation again that is bound to a class. */
export function replay(node, className) {
  node.classList.remove(className);
  void node.getBoundingClientRect();
  node.classList.add(className);
}
