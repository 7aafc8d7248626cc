/**
 * Users who have signed in, each known by a token that only their own tab has. A chat with accounts looks at the session
 * of its own web server in place of this.
 */
import { randomBytes } from 'node:crypto';

export interface User {
  id: string;
  name: string;
  /** Degrees on the colour wheel. */
  hue: number;
}

const MAX_USERS = 1_000;
const HUES = [25, 245, 145, 310, 195, 85, 275, 55, 350, 120];

export class Users {
  readonly #byToken = new Map<string, User>();
  #count = 0;

  /** Takes a user in; the answer is the token. The one who came first is forgotten when there are too many. */
  signIn(name: string): string {
    const [oldest] = this.#byToken.keys();
    if (this.#byToken.size >= MAX_USERS && oldest !== undefined) this.#byToken.delete(oldest);
    const token = randomBytes(18).toString('base64url');
    this.#count += 1;
    const hue = HUES[this.#count % HUES.length] ?? 0;
    this.#byToken.set(token, { id: `user-${this.#count}`, name, hue });
    return token;
  }

  of(token: string | undefined): User | undefined {
    return token === undefined ? undefined : this.#byToken.get(token);
  }

  byId(id: string | undefined): User | undefined {
    return [...this.#byToken.values()].find((user) => user.id === id);
  }
}
