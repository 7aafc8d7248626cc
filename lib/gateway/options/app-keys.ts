import { z } from 'zod';

/** Permissions that a key may have. */
export const PERMISSIONS = ['browsers', 'publish', 'read', 'terminate', 'pipe'] as const;

export type Permission = (typeof PERMISSIONS)[number];

export const keyText = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 of A-Z a-z 0-9 _ -');
export const secretText = z.string().min(1).max(256);

/** A further key of an app, beside `key` and `secret`, which may do everything. */
export const furtherKeySchema = z.strictObject({
  key: keyText.describe('Public, and no other key of the gateway.'),
  secret: secretText.describe('Signs what the holder of this key asks for.'),
  permissions: z
    .array(z.enum(PERMISSIONS))
    .min(1)
    .default([...PERMISSIONS])
    .describe(
      'browsers: they connect with it, and subscriptions are signed with it; publish, read, terminate: calls of the HTTP API; pipe: backends. All unless given.',
    ),
});
