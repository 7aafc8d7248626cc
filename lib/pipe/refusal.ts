import { type ErrorCode, StandpipeError } from '../errors';
import { REFUSAL_CODES, refusalCode } from '../wire/close-codes';

/** The error for something that the gateway refused; `subject` begins its message. */
export function refusalError(
  subject: string,
  { code, message }: { code: number; message: string },
): StandpipeError {
  const why = message === '' ? (refusalCode(code)?.meaning ?? `code ${code}`) : message;
  return new StandpipeError(KINDS.get(code) ?? 'refused', `${subject}: ${why}`, { status: code });
}

/** Codes of the gateway that are no refusals for a program. */
const KINDS: ReadonlyMap<number, ErrorCode> = new Map<number, ErrorCode>([
  [REFUSAL_CODES.timeout.code, 'timeout'],
  [REFUSAL_CODES.unknown_outcome.code, 'unknown_outcome'],
]);
