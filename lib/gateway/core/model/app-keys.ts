import { PERMISSIONS, type Permission } from '../../options/app-keys';
import type { AppOptions } from '../../options/options';

/** A key of an app, as long as the app has it. */
export interface AppKey {
  readonly key: string;
  readonly secret: string;
  readonly permissions: readonly Permission[];
  /** Connections, requests and subscriptions that were let in by it. */
  uses: number;
}

/** The keys of an app: `key`, which may do everything and signs for the gateway, and the further ones of `keys`. */
export class AppKeys {
  #byKey = new Map<string, AppKey>();

  constructor(options: AppOptions) {
    this.change(options);
  }

  /** Other keys hold from now on; one that stays goes on with its count of uses. */
  change({ key, secret, keys }: AppOptions): void {
    const all = [{ key, secret, permissions: [...PERMISSIONS] }, ...keys];
    const before = this.#byKey;
    this.#byKey = new Map(
      all.map((each) => [each.key, { ...each, uses: before.get(each.key)?.uses ?? 0 }]),
    );
  }

  find(key: string): AppKey | undefined {
    return this.#byKey.get(key);
  }

  /** Secret of a key; undefined for one that the app does not have. */
  readonly secretOf = (key: string): string | undefined => this.#byKey.get(key)?.secret;

  /** The key that a `<key>:<signature>` names, when browsers may be signed for with it. */
  signerOf(auth: string): AppKey | undefined {
    const found = this.#byKey.get(auth.slice(0, Math.max(0, auth.indexOf(':'))));
    return found?.permissions.includes('browsers') === true ? found : undefined;
  }

  all(): Iterable<AppKey> {
    return this.#byKey.values();
  }
}

/** Text for the holder of a key that lacks a permission; undefined when it has it. */
export function forbidden({ key, permissions }: AppKey, wanted: Permission): string | undefined {
  if (permissions.includes(wanted)) return undefined;
  return `Key ${key} lacks the permission ${wanted}: it has ${permissions.join(', ')} (apps[].keys[].permissions)`;
}
