import { hash32 } from '../../lib/util/hash';

/**
 * A line of the record of a run with faults: by the tap in the gateway, by the handlers of backends, by publishers
 * and by the browsers that receive. Lines stand in the order in which they happened.
 *
 * Events are named by their key and their number among the events of that key, from 1 without holes.
 */
export type Line =
  | { type: 'produced'; key: string; n: number; sum: number }
  | {
      type: 'began';
      process: string;
      key: string;
      n: number;
      sum: number;
      redelivered: boolean;
    }
  | { type: 'ended'; process: string; key: string; n: number }
  /** A gap or a reset; without a count, nobody knows how many events it stands for. */
  | { type: 'announced'; process: string; count: number | undefined }
  | { type: 'sent'; process: string; n: number; browsers: readonly string[] }
  | { type: 'settled'; process: string; n: number; outcome: Outcome }
  | { type: 'seen'; browser: string; process: string; n: number };

/** The outcome that a publisher was told: `ok` once, `refused` and `not_sent` never, `unknown` perhaps. */
export type Outcome = 'ok' | 'refused' | 'not_sent' | 'unknown';

export type FaultType =
  | 'lost'
  | 'unannounced'
  | 'duplicate'
  | 'unflagged'
  | 'reordered'
  | 'overlap'
  | 'altered'
  | 'invented'
  | 'unsettled'
  | 'unseen'
  | 'seen twice'
  | 'seen for nothing'
  | 'seen out of order';

export interface Fault {
  type: FaultType;
  /** The event or the trigger. */
  what: string;
}

type Began = Extract<Line, { type: 'began' }>;
type Sent = Extract<Line, { type: 'sent' }>;

/** Checksum of data, which must be the same when it arrives. */
export function sumOf(data: string): number {
  return hash32(data);
}

/**
 * Faults of a run. An announced loss is no fault when it was announced before any later event and is not more than was
 * said. A second copy is no fault when it came to another process and said so.
 */
export function faultsOf(lines: readonly Line[]): Fault[] {
  return [...eventFaults(lines), ...triggerFaults(lines)];
}

function eventFaults(lines: readonly Line[]): Fault[] {
  const faults: Fault[] = [];
  const sums = new Map<string, number>();
  const ended = new Set<string>();
  for (const line of lines) {
    if (line.type === 'produced') sums.set(event(line), line.sum);
    if (line.type === 'ended') ended.add(event(line));
  }
  const lost = new Map<string, number[]>();
  let unheard = 0;
  for (const line of lines) {
    if (line.type !== 'produced' || ended.has(event(line))) continue;
    unheard += 1;
    const numbers = lost.get(line.key);
    if (numbers === undefined) lost.set(line.key, [line.n]);
    else numbers.push(line.n);
  }

  const seen = new Seen();
  let announced = 0;
  let revealed = 0;
  for (const line of lines) {
    if (line.type === 'announced') announced += line.count ?? Infinity;
    if (line.type === 'ended') seen.end(line.process, line.key, line.n);
    if (line.type !== 'began') continue;
    const what = event(line);
    const sum = sums.get(what);
    if (sum === undefined) faults.push({ type: 'invented', what });
    else if (sum !== line.sum) faults.push({ type: 'altered', what });
    for (const type of seen.begin(line, announced > 0)) faults.push({ type, what });
    const numbers = lost.get(line.key) ?? [];
    while (numbers.length > 0 && (numbers[0] as number) < line.n) {
      revealed += 1;
      const n = numbers.shift();
      if (revealed > announced) faults.push({ type: 'unannounced', what: `${line.key}/${n}` });
    }
  }
  if (unheard <= announced) return faults;
  for (const [key, numbers] of lost) {
    for (const n of numbers) faults.push({ type: 'lost', what: `${key}/${n}` });
  }
  return faults;
}

/** Events that handlers have begun, read in order. */
class Seen {
  /** By key, and by process and key: the highest number begun. */
  readonly #highest = new Map<string, number>();
  /** By process and key: the number that runs. */
  readonly #running = new Map<string, number>();
  /** Events begun by anybody, begun without a flag, and begun by one process. */
  readonly #begun = new Set<string>();

  /** @param announced losses were announced: one whose events were given up may still be at work on them */
  begin({ process, key, n, redelivered }: Began, announced: boolean): FaultType[] {
    const faults: FaultType[] = [];
    const what = event({ key, n });
    const place = `${process} ${key}`;
    const isNew = this.#mark(what);
    // A copy may come late, from a member that does not know yet that it has lost the partition: its connection is gone, or
    // the time to return it is over. A new event may not.
    if (!this.#mark(`${process} ${what}`)) faults.push('duplicate');
    else if (n < this.#rise(place, n) || (isNew && !announced && n < this.#rise(key, n))) {
      faults.push('reordered');
    }
    this.#rise(key, n);
    if (!redelivered && !this.#mark(`unflagged ${what}`)) faults.push('unflagged');
    if (this.#running.has(place)) faults.push('overlap');
    this.#running.set(place, n);
    return faults;
  }

  end(process: string, key: string, n: number): void {
    const place = `${process} ${key}`;
    if (this.#running.get(place) === n) this.#running.delete(place);
  }

  /** True the first time. */
  #mark(what: string): boolean {
    if (this.#begun.has(what)) return false;
    this.#begun.add(what);
    return true;
  }

  /** The highest number so far, this one included. */
  #rise(place: string, n: number): number {
    const highest = Math.max(this.#highest.get(place) ?? 0, n);
    this.#highest.set(place, highest);
    return highest;
  }
}

function triggerFaults(lines: readonly Line[]): Fault[] {
  const faults: Fault[] = [];
  const sent = new Map<string, Sent>();
  const outcomes = new Map<string, Outcome>();
  const copies = new Set<string>();
  const last = new Map<string, number>();
  for (const line of lines) {
    if (line.type === 'sent') sent.set(trigger(line), line);
    if (line.type === 'settled') outcomes.set(trigger(line), line.outcome);
  }
  for (const line of lines) {
    if (line.type !== 'seen') continue;
    const what = trigger(line);
    const copy = `${line.browser} ${what}`;
    const outcome = outcomes.get(what);
    const place = `${line.browser} ${line.process}`;
    if (copies.has(copy)) faults.push({ type: 'seen twice', what });
    else if (line.n < (last.get(place) ?? 0)) faults.push({ type: 'seen out of order', what });
    if (!sent.has(what) || outcome === 'not_sent' || outcome === 'refused') {
      faults.push({ type: 'seen for nothing', what });
    }
    copies.add(copy);
    last.set(place, line.n);
  }
  for (const [what, { browsers }] of sent) {
    const outcome = outcomes.get(what);
    if (outcome === undefined) faults.push({ type: 'unsettled', what });
    if (outcome !== 'ok') continue;
    for (const browser of browsers) {
      if (!copies.has(`${browser} ${what}`)) faults.push({ type: 'unseen', what });
    }
  }
  return faults;
}

function event({ key, n }: { key: string; n: number }): string {
  return `${key}/${n}`;
}

function trigger({ process, n }: { process: string; n: number }): string {
  return `${process}/${n}`;
}
