/** The newest state from the host. A view names what of it it draws, and draws again only when that has changed. */
export class Store {
  #views = [];
  state = null;

  /** @param {(state: object) => any} part what the view shows, as plain data @param {(state: object) => void} draw */
  watch(part, draw) {
    this.#views.push({ part, draw, drawn: null });
  }

  publish(state) {
    this.state = state;
    for (const view of this.#views) {
      const now = JSON.stringify(view.part(state));
      if (now === view.drawn) continue;
      view.drawn = now;
      view.draw(state);
    }
  }
}
