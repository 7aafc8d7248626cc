import type { Fault } from './api';

/** A request that is not served; the answer says why. */
export class Refusal extends Error {
  readonly fault: Fault;

  constructor(fault: Fault) {
    super(fault.message);
    this.fault = fault;
  }
}

export function refuse(status: number, message: string): never {
  throw new Refusal({ status, message });
}
