/**
 * The stream of what happens, kept open: it comes back by itself, and says so, since something may have been missed.
 */

const NAMES = ["message", "edited", "deleted", "typing", "toast", "commands", "cleared"];
const SHORTEST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 4000;

export class Stream {
  #source = null;
  #address;
  #listener;
  #wait = SHORTEST_WAIT_MS;
  #retry = null;

  /** `listener` has `opened()`, `lost()` and `happened(name, data)`. */
  constructor(address, listener) {
    this.#address = address;
    this.#listener = listener;
    this.#connect();
  }

  #connect() {
    this.#source = new EventSource(this.#address);
    this.#source.addEventListener("hello", () => {
      this.#wait = SHORTEST_WAIT_MS;
      this.#listener.opened();
    });
    for (const name of NAMES) {
      this.#source.addEventListener(name, (event) => this.#listener.happened(name, JSON.parse(event.data)));
    }
    this.#source.addEventListener("error", () => this.#lost());
  }

  #lost() {
    this.#listener.lost();
    this.#source.close();
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#connect(), this.#wait);
    this.#wait = Math.min(LONGEST_WAIT_MS, this.#wait * 2);
  }
}
