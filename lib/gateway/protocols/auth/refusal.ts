/** Reason why a request is not answered with a signature: an HTTP status, and what pages and people are told. */
export interface AuthRefusal {
  status: number;
  code: string;
  message: string;
}

export function refusal(status: number, code: string, message: string): AuthRefusal {
  return { status, code, message };
}
