import { randomBytes, randomInt } from 'node:crypto';

/** Prints a fresh app, ready for the `apps` of a configuration file. */
export function keys(): void {
  const app = {
    id: String(randomInt(100_000, 1_000_000_000)),
    key: randomBytes(10).toString('hex'),
    secret: randomBytes(20).toString('hex'),
    clientEvents: false,
  };
  console.log(JSON.stringify(app, null, 2));
}
