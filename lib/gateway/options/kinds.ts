import { isIP } from 'node:net';
import { z } from 'zod';

/** True for an address or a name to listen on, without a scheme, brackets or a port. */
export function isHost(text: string): boolean {
  return isIP(text) !== 0 || /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.?$/.test(text);
}

// Values that several options have.

export const host = z
  .string()
  .refine(isHost, 'must be an address or a name, without scheme and port');
export const port = z.number().int().min(0).max(65535);
export const fd = z.number().int().min(3).max(1023).optional();
/** A certificate or a key, as PEM. */
export const tlsFile = z.union([z.string(), z.instanceof(Buffer)]);
export const count = z.number().int().min(1).max(1e9);
export const bytes = z
  .number()
  .int()
  .min(1)
  .max(2 ** 31);
export const ms = z
  .number()
  .int()
  .min(1)
  .max(2 ** 31 - 1);
export const rate = z.number().positive().max(1e9);
