// The stream of all that the page shows now. It ends with a hidden tab, and comes back by itself.

import { useEffect, useState } from 'preact/hooks';
import type {
  Asked,
  Fault,
  Followed,
  FollowFilter,
  StreamLine,
  StreamRequest,
  TailFilter,
  TailPart,
} from '../gateway/protocols/console/api';
import { Refused, request } from './session';

/** State of the stream. `since` is when it was last heard. */
export type Link =
  | { readonly is: 'connecting' | 'live' | 'hidden' }
  | { readonly is: 'away'; readonly why: string }
  | { readonly is: 'refused'; readonly status: number; readonly why: string };

/** An answer, the fault in its place, or neither while it is waited for. */
export interface Answer<T> {
  readonly value: T | undefined;
  readonly fault: Fault | undefined;
}

type Selection = Pick<StreamRequest, 'app' | 'tail' | 'follow'>;

const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 8_000;
/** The gateway speaks every 5 s at least. */
const SILENCE_MS = 12_000;

/** Said of a token that was good before. */
const OTHER_TOKEN =
  'the gateway does not know this token any more. A token that it makes itself is another one after each start, in the address that it prints';

const ALONE: Asked = { asked: 1, answered: 1 };

class Live {
  readonly #answers = new Map<string, Answer<unknown>>();
  /** Users of each path. */
  readonly #paths = new Map<string, number>();
  readonly #listeners = new Set<() => void>();
  readonly #tails = new Set<(part: TailPart) => void>();
  readonly #follows = new Set<(all: readonly Followed[]) => void>();
  #selection: Selection = {};
  #nodes: Asked = ALONE;
  #link: Link = { is: 'connecting' };
  #abort: AbortController | undefined;
  #timer: number | undefined;
  #silence: number | undefined;
  #retryMs = FIRST_RETRY_MS;
  #isDue = false;

  constructor() {
    document.addEventListener('visibilitychange', () => this.#reopen());
  }

  get link(): Link {
    return this.#link;
  }

  /** Nodes whose events are shown. */
  get nodes(): Asked {
    return this.#nodes;
  }

  answer(path: string): Answer<unknown> {
    return this.#answers.get(path) ?? { value: undefined, fault: undefined };
  }

  listen(run: () => void): () => void {
    this.#listeners.add(run);
    return () => this.#listeners.delete(run);
  }

  watch(path: string): () => void {
    this.#paths.set(path, (this.#paths.get(path) ?? 0) + 1);
    this.#reopen();
    return () => {
      const left = (this.#paths.get(path) ?? 1) - 1;
      if (left > 0) return void this.#paths.set(path, left);
      this.#paths.delete(path);
      this.#answers.delete(path);
      this.#reopen();
    };
  }

  tail(app: string, filter: TailFilter, heard: (part: TailPart) => void): () => void {
    this.#tails.add(heard);
    this.#selection = { app, tail: filter };
    this.#reopen();
    return () => {
      this.#tails.delete(heard);
      this.#selection = {};
      this.#reopen();
    };
  }

  follow(app: string, filter: FollowFilter, heard: (all: readonly Followed[]) => void): () => void {
    this.#follows.add(heard);
    this.#selection = { app, follow: filter };
    this.#reopen();
    return () => {
      this.#follows.delete(heard);
      this.#selection = {};
      this.#reopen();
    };
  }

  /** Changes of one moment are one request. */
  #reopen(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => {
      this.#isDue = false;
      this.#abort?.abort();
      this.#nodes = ALONE;
      clearTimeout(this.#timer);
      clearTimeout(this.#silence);
      if (document.visibilityState === 'hidden') return this.#say({ is: 'hidden' });
      if (this.#paths.size === 0 && this.#selection.app === undefined) return;
      const abort = (this.#abort = new AbortController());
      void this.#run(abort).catch(() => undefined);
    });
  }

  async #run(abort: AbortController): Promise<void> {
    let why = 'the gateway does not answer';
    try {
      const body = { watch: [...this.#paths.keys()].slice(0, 4), ...this.#selection };
      const response = await request('/api/stream', { body, signal: abort.signal });
      await this.#read(response, abort);
      why = 'the gateway has ended the stream';
    } catch (error) {
      if (abort.signal.aborted && abort.signal.reason !== 'silence') return;
      if (error instanceof Refused) {
        const why = error.status === 401 ? OTHER_TOKEN : error.message;
        this.#say({ is: 'refused', status: error.status, why });
        // A wrong token stays wrong; too many streams become fewer.
        if (error.status !== 429) return;
      }
    }
    if (this.#abort !== abort) return;
    if (this.#link.is !== 'refused') this.#say({ is: 'away', why });
    this.#timer = window.setTimeout(() => this.#reopen(), this.#retryMs);
    this.#retryMs = Math.min(MAX_RETRY_MS, this.#retryMs * 2);
  }

  async #read(response: Response, abort: AbortController): Promise<void> {
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    if (reader === undefined) return;
    let rest = '';
    this.#heard(abort);
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      if (this.#abort !== abort) return;
      this.#heard(abort);
      const lines = (rest + value).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.#line(JSON.parse(line) as StreamLine);
      if (lines.length > 0) for (const run of this.#listeners) run();
    }
  }

  #heard(abort: AbortController): void {
    this.#retryMs = FIRST_RETRY_MS;
    if (this.#link.is !== 'live') this.#say({ is: 'live' });
    clearTimeout(this.#silence);
    this.#silence = window.setTimeout(() => abort.abort('silence'), SILENCE_MS);
  }

  #line({ path, answer, error, tail, follow, nodes }: StreamLine): void {
    if (nodes !== undefined) this.#nodes = nodes;
    if (path !== undefined) {
      // An answer stays in sight behind a fault of the moment, but not behind "there is nothing".
      this.#answers.set(path, { value: answer, fault: error });
    }
    if (tail !== undefined) for (const heard of this.#tails) heard(tail);
    if (follow !== undefined) for (const heard of this.#follows) heard(follow);
  }

  #say(link: Link): void {
    this.#link = link;
    for (const run of this.#listeners) run();
  }
}

export const live = new Live();

/** Renders again when something is heard. */
function useHeard(): void {
  const [, again] = useState(0);
  useEffect(() => live.listen(() => again((n) => n + 1)), []);
}

export function useLink(): Link {
  useHeard();
  return live.link;
}

/** Nodes whose events the tail or follow shows. */
export function useNodes(): Asked {
  useHeard();
  return live.nodes;
}

/** The answer to a GET, kept up to date while the component is there. */
export function useAnswer<T>(path: string): Answer<T> {
  useHeard();
  useEffect(() => live.watch(path), [path]);
  return live.answer(path) as Answer<T>;
}

/** Wall time, renewed every second. */
export function useNow(): number {
  const [now, set] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => set(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
