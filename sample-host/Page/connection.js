const firstDelay = 500;
const longestDelay = 10_000;

/**
 * The WebSocket to the host. Connects again by itself, after 0.5 s, 1 s, 2 s and so on up to 10 s, and at once when the tab is
 * shown or the network is back. Raises `message` with the decoded message and `status` with connected or the seconds to wait.
 */
export class Connection extends EventTarget {
  #socket = null;
  #delay = firstDelay;
  #timer = 0;

  open() {
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.#hurry());
    addEventListener("online", () => this.#hurry());
    this.#connect();
  }

  /** Sends one message; false when there is no connection, so that the caller can say so. */
  send(type, fields = {}) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify({ type, ...fields }));
    return true;
  }

  #connect() {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = this.#socket = new WebSocket(`${scheme}//${location.host}/ws`);
    socket.addEventListener("open", () => {
      this.#delay = firstDelay;
      this.#tell("status", { connected: true });
    });
    socket.addEventListener("message", event => this.#tell("message", JSON.parse(event.data)));
    socket.addEventListener("close", () => this.#wait());
  }

  #wait() {
    this.#tell("status", { connected: false, seconds: Math.ceil(this.#delay / 1000) });
    this.#timer = setTimeout(() => this.#connect(), this.#delay);
    this.#delay = Math.min(2 * this.#delay, longestDelay);
  }

  #hurry() {
    if (this.#socket?.readyState !== WebSocket.CLOSED) return;
    clearTimeout(this.#timer);
    this.#connect();
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
