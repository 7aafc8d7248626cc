import { StandpipeError } from '../errors';
import { REFUSAL_CODES, refusalCode } from '../wire/close-codes';

/** The error for something that the gateway refused; `subject` begins its message. */
export function refusalError(
  subject: string,
  { code, message }: { code: number; message: string },
): StandpipeError {
  const why = message === '' ? (refusalCode(code)?.meaning ?? `code ${code}`) : message;
  const kind = code === REFUSAL_CODES.timeout.code ? 'timeout' : 'refused';
  return new StandpipeError(kind, `${subject}: ${why}`, { status: code });
}
