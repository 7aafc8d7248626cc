/** True in a run of everything, as CI makes it: `npm test -- --all`. */
export const isWhole = process.env['WHOLE_RUN'] === 'true';

/**
 * Number of runs of a property, or of seeds: `whole` of them in a run of everything, a quarter otherwise. A fault that a
 * quarter may miss is found by CI.
 */
export function runs(whole: number): number {
  return isWhole ? whole : Math.ceil(whole / 4);
}
