import { z } from 'zod';
import { isRedisUrl, PRIMARY_NAME, SENTINEL } from '../../brokers/redis/address';

const text = z.string().min(1).max(1000);

const sentinelsSchema = z.strictObject({
  sentinels: z
    .array(z.string().regex(SENTINEL, 'must be like 10.0.0.5:26379'))
    .min(1)
    .max(16)
    .describe('Sentinels, `host:port` each; they are asked where the primary is.'),
  name: z
    .string()
    .regex(PRIMARY_NAME, 'must be 1 to 100 of A-Z a-z 0-9 _ . -')
    .describe('Name by which the sentinels know the primary.'),
  username: text.optional().describe('User of the primary.'),
  password: text.optional().describe('Password of the primary.'),
  database: z.number().int().min(0).max(9999).optional().describe('Number of the database.'),
  sentinelUsername: text.optional().describe('User of the sentinels.'),
  sentinelPassword: text.optional().describe('Password of the sentinels.'),
  tls: z.boolean().default(false).describe('Servers and sentinels are spoken to with TLS.'),
});

/** Options of the engine that joins several gateways. */
export const brokerSchema = z.strictObject({
  redis: z
    .union([
      z
        .string()
        .refine(
          isRedisUrl,
          'must be like redis://127.0.0.1:6379/0, rediss://…, unix:/run/redis.sock or redis+sentinel://host:26379,host:26379/name',
        ),
      sentinelsSchema,
    ])
    .describe('Redis 7.0 or later, or Valkey 8.0 or later, that all gateways share.'),
  prefix: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{1,32}$/, 'must be 1 to 32 of A-Z a-z 0-9 _ . -')
    .default('sp')
    .describe('Beginning of all its keys and topics.'),
});

export type BrokerOptions = z.output<typeof brokerSchema>;
