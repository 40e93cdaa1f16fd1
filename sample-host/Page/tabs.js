/** Tabs as the ARIA practices describe them: arrow keys move, the chosen panel is shown, Tab goes into it. */
export function openTab(tab) {
  for (const other of tab.parentElement.children) {
    const chosen = other === tab;
    other.setAttribute("aria-selected", chosen);
    other.tabIndex = chosen ? 0 : -1;
    document.getElementById(other.getAttribute("aria-controls")).hidden = !chosen;
  }
}

export function connectTabs(list) {
  list.addEventListener("click", event => event.target.role === "tab" && openTab(event.target));
  list.addEventListener("keydown", event => {
    const tabs = [...list.children], at = tabs.indexOf(event.target);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (at < 0 || next === undefined) return;
    event.preventDefault();
    const tab = tabs[(next + tabs.length) % tabs.length];
    openTab(tab);
    tab.focus();
  });
}
