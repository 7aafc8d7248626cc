import { type LookupAddress, lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import type { AddressGuard } from '../options/address-guard';

export type Resolve = (
  host: string,
  done: (error: Error | null, addresses: readonly LookupAddress[]) => void,
) => void;

const resolve: Resolve = (host, done) => {
  lookup(host, { all: true }, (error, addresses) => done(error, error === null ? addresses : []));
};

/**
 * A `lookup` for sockets that refuses a host as soon as one of its addresses is refused. The socket connects to what
 * was checked and asks nobody again, so a name that changes its mind in between gains nothing (DNS rebinding).
 */
export function guardedLookup(
  guard: Pick<AddressGuard, 'permits'>,
  ask: Resolve = resolve,
): LookupFunction {
  return (host, options, callback) => {
    ask(host, (error, addresses) => {
      if (error !== null) return callback(error, []);
      const refused = addresses.find(({ address }) => !guard.permits(host, address));
      if (refused !== undefined) {
        const message = `${host} resolves to ${refused.address}, which is not on the Internet`;
        return callback(new Error(message), []);
      }
      const [first] = addresses;
      if (first === undefined) return callback(new Error(`${host} has no address`), []);
      if (options.all === true) callback(null, [...addresses]);
      else callback(null, first.address, first.family);
    });
  };
}
