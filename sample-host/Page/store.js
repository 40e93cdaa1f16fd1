/** The newest state from the host. A view names the parts it draws and is called only when one of them has changed. */
export class Store {
  #views = [];
  state = null;

  /** @param {string[]} parts names of members of the state @param {(state: object) => void} draw */
  watch(parts, draw) {
    this.#views.push({ parts, draw, drawn: null });
  }

  publish(state) {
    this.state = state;
    const written = new Map();
    const text = part => {
      if (!written.has(part)) written.set(part, JSON.stringify(state[part] ?? null));
      return written.get(part);
    };
    for (const view of this.#views) {
      const now = view.parts.map(text).join();
      if (now === view.drawn) continue;
      view.drawn = now;
      view.draw(state);
    }
  }
}
