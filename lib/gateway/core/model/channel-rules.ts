import type { AppOptions } from '../../options/options';
import { Matcher } from '../streams/matcher';

/** Rules of an app for its channels, ready to be asked. The first rule that fits a channel counts. */
export class ChannelRules {
  readonly #rules: ReadonlyArray<{ channels: Matcher; latest: Matcher | undefined }>;

  constructor(rules: AppOptions['channels']) {
    this.#rules = rules.map(({ channels, latest }) => ({
      channels: new Matcher(channels),
      latest: latest && new Matcher(latest.events ?? []),
    }));
  }

  /** True for an event that is latest, with its name as key, because a rule says so. */
  isLatest(channel: string, event: string): boolean {
    if (this.#rules.length === 0) return false;
    const rule = this.#rules.find(({ channels }) => channels.matches(channel));
    return rule?.latest?.matches(event) === true;
  }
}
