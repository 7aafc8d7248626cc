import type { Tap } from '../../../core/console/tap';
import type { Router } from '../../../core/router';

/** The taps of all watchers as one, which the router has only while there is any. */
export class Taps {
  readonly #router: Router;
  readonly #taps = new Set<Tap>();

  constructor(router: Router) {
    this.#router = router;
  }

  get size(): number {
    return this.#taps.size;
  }

  open(tap: Tap): void {
    this.#taps.add(tap);
    this.#change();
  }

  close(tap: Tap): void {
    this.#taps.delete(tap);
    this.#change();
  }

  #change(): void {
    const taps = [...this.#taps];
    const [only] = taps;
    if (taps.length <= 1) {
      this.#router.tap = only;
      return;
    }
    this.#router.tap = {
      fromSocket: (...event) => taps.forEach((tap) => tap.fromSocket(...event)),
      published: (...event) => taps.forEach((tap) => tap.published(...event)),
      sent: (...event) => taps.forEach((tap) => tap.sent(...event)),
    };
  }
}
