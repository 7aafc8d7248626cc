/** Endpoints that have yet to take an event, or to give it up. */
export class Receipt {
  readonly #settled: () => void;
  #holders = 0;

  /** @param settled called when nobody holds the event any more */
  constructor(settled: () => void) {
    this.#settled = settled;
  }

  hold(): void {
    this.#holders++;
  }

  release(): void {
    this.#holders--;
    if (this.#holders === 0) this.#settled();
  }
}
