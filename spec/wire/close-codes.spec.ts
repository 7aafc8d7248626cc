import t from 'tap';
import { CLOSE_CODES, closeCode, REFUSAL_CODES, refusalCode } from '../../lib/wire/close-codes';

t.test('every row is found by its number and stands under its name', async (t) => {
  for (const [name, row] of Object.entries(CLOSE_CODES)) {
    t.equal(row.name, name);
    t.equal(closeCode(row.code), row);
  }
  for (const [name, row] of Object.entries(REFUSAL_CODES)) {
    t.equal(row.name, name);
    t.equal(refusalCode(row.code), row);
  }
});

t.test('no number stands twice in a table', async (t) => {
  for (const table of [CLOSE_CODES, REFUSAL_CODES]) {
    const codes = Object.values(table).map(({ code }) => code);
    t.equal(new Set(codes).size, codes.length);
  }
});

t.test('numbers never change', async (t) => {
  t.strictSame(
    Object.values(CLOSE_CODES).map(({ code, name, retry }) => `${code} ${name} ${retry}`),
    [
      '1000 bye backoff',
      '4400 protocol_error backoff',
      '4401 key_revoked never',
      '4403 bad_proof backoff',
      '4408 stale_attempt backoff',
      '4409 replaced never',
      '4410 bad_group never',
      '4413 frame_too_large backoff',
      '4429 too_slow backoff',
      '4430 dead backoff',
      '4500 internal_error backoff',
      '4503 going_away now',
    ],
  );
  t.strictSame(
    Object.values(REFUSAL_CODES).map(({ code, name }) => `${code} ${name}`),
    [
      '4210 bad_event_name',
      '4211 unknown_socket',
      '4212 bad_channel_name',
      '4213 data_too_large',
      '4214 bad_rule',
      '4215 unknown_verb',
      '4216 stale_owner',
      '4218 unknown_method',
      '4219 timeout',
      '4220 bad_params',
      '4221 limit_reached',
      '4222 key_reused',
      '4223 request_failed',
      '4224 unknown_outcome',
      '4500 internal',
    ],
  );
});

t.test('codes of other tables have no row', async (t) => {
  for (const code of [1001, 1006, 1011, 1012, 4999, NaN]) {
    t.equal(closeCode(code), undefined);
  }
  t.equal(refusalCode(1), undefined);
});
