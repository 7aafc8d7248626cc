import { z } from 'zod';

/** Options of the engine that joins several gateways. */
export const brokerSchema = z.strictObject({
  redis: z
    .string()
    .regex(
      /^(rediss?:\/\/|unix:\/)[\x21-\x7e]{1,1000}$/,
      'must be like redis://127.0.0.1:6379/0, rediss://… or unix:/run/redis.sock',
    )
    .describe('Redis 7.0 or later, or Valkey 8.0 or later, that all gateways share.'),
  prefix: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{1,32}$/, 'must be 1 to 32 of A-Z a-z 0-9 _ . -')
    .default('sp')
    .describe('Beginning of all its keys and topics.'),
});

export type BrokerOptions = z.output<typeof brokerSchema>;
