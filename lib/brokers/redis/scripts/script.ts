import { createHash } from 'node:crypto';

/** A script of the engine, called by its digest. */
export class Script {
  readonly text: string;
  readonly digest: string;

  constructor(text: string) {
    this.text = text;
    this.digest = createHash('sha1').update(text).digest('hex');
  }

  call(keys: readonly string[], args: ReadonlyArray<string | Buffer>): Array<string | Buffer> {
    return ['EVALSHA', this.digest, `${keys.length}`, ...keys, ...args];
  }
}
