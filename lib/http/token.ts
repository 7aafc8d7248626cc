import { hmacHex, safeEqual } from '../pusher/digests';
import { RuleError } from './errors';

/** Key and secret of an app, and what is done with them. */
export class Token {
  /** Key of the app. */
  readonly key: string;
  /** Secret of the app. */
  readonly secret: string;

  constructor(key: string, secret: string) {
    this.key = key;
    this.secret = secret;
  }

  /** HMAC-SHA256 of the text, in hex. */
  sign(text: string): string {
    this.check();
    return hmacHex(this.secret, text);
  }

  /** True when the signature is that of the text. The comparison takes constant time. */
  verify(text: string, signature: unknown): boolean {
    return typeof signature === 'string' && safeEqual(this.sign(text), signature);
  }

  /** A client without a secret can be made, as upstream's; it is of no use beyond that. */
  check(): void {
    if (typeof this.key === 'string' && typeof this.secret === 'string') return;
    throw new RuleError(
      'no_credentials',
      'key and secret: expected strings; give them to the constructor',
      'bad_option',
    );
  }
}
