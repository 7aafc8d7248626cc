/** Reason why a request is not answered with a signature: an HTTP status, and what pages and people are told. */
export interface Refusal {
  status: number;
  code: string;
  message: string;
}

export function refusal(status: number, code: string, message: string): Refusal {
  return { status, code, message };
}
