/** The people who are here: one for each tab, with the fields that the page shows, and the checks of what tabs send. */

export interface Point {
  /** Coordinates from 0, left or top, to 1, right or bottom. */
  x: number;
  y: number;
}

export interface Person extends Point {
  /** The socket id of the tab. */
  id: string;
  nick: string;
  /** Degrees on the colour wheel. */
  hue: number;
}

const MAX_NICK = 24;
const MOODS = ['Calm', 'Swift', 'Bright', 'Quiet', 'Merry', 'Brave', 'Sunny', 'Keen', 'Gentle'];
const ANIMALS = ['Otter', 'Heron', 'Newt', 'Seal', 'Swan', 'Koi', 'Tern', 'Beaver', 'Frog', 'Pike'];
/** Hues far enough apart to be told from each other, by colour-blind eyes too where it can be done. */
const HUES = [25, 245, 145, 85, 310, 195, 55, 275, 120, 350];

export class People {
  readonly #people = new Map<string, Person>();
  #arrivals = Math.floor(Math.random() * MOODS.length * ANIMALS.length);

  get size(): number {
    return this.#people.size;
  }

  /** The person of this socket, who is made up on the first call. */
  arrive(id: string): Person {
    const known = this.#people.get(id);
    if (known !== undefined) return known;
    this.#arrivals += 1;
    const person: Person = {
      id,
      nick: `${pick(MOODS, this.#arrivals)} ${pick(ANIMALS, this.#arrivals)}`,
      hue: this.#rarestHue(),
      x: Math.round(150 + 700 * Math.random()) / 1_000,
      y: Math.round(250 + 500 * Math.random()) / 1_000,
    };
    this.#people.set(id, person);
    return person;
  }

  /** False when nobody of that id was here. */
  leave(id: string): boolean {
    return this.#people.delete(id);
  }

  first(max: number): Person[] {
    return [...this.#people.values()].slice(0, max);
  }

  #rarestHue(): number {
    const uses = (hue: number): number =>
      [...this.#people.values()].filter((person) => person.hue === hue).length;
    return HUES.reduce((best, hue) => (uses(hue) < uses(best) ? hue : best));
  }
}

function pick(words: readonly string[], at: number): string {
  return words[at % words.length] ?? '';
}

/** The fields of an object from a browser; none of any other value. */
export function record(data: unknown): Record<string, unknown> {
  return typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {};
}

export function isPoint(data: unknown): data is Point {
  const { x, y } = record(data);
  return isShare(x) && isShare(y);
}

export function isHue(hue: unknown): hue is number {
  return typeof hue === 'number' && Number.isInteger(hue) && hue >= 0 && hue < 360;
}

/** A nick of at most 24 characters without control characters; undefined when nothing is left of it. */
export function cleanNick(nick: unknown): string | undefined {
  if (typeof nick !== 'string') return undefined;
  const clean = nick.slice(0, 200).replace(/\p{C}/gu, '').replace(/\s+/g, ' ').trim();
  return [...clean].slice(0, MAX_NICK).join('').trim() || undefined;
}

function isShare(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 1;
}
