/** Numbers of a gateway that are kept for a while: levels, and totals since the start. */
export interface Sample {
  /** Wall time, in milliseconds. */
  readonly at: number;
  readonly sockets: number;
  readonly waiting: number;
  readonly received: number;
  readonly accepted: number;
  readonly delivered: number;
  readonly toBackends: number;
  readonly commands: number;
  readonly cut: number;
  readonly failures: number;
  readonly gaps: number;
  /** CPU time of the process, in milliseconds. */
  readonly cpuMs: number;
  readonly rssBytes: number;
  /** Most milliseconds by which a second came late, since the sample before. */
  readonly lateMs: number;
}

/** Seconds between two samples. */
export const SAMPLE_S = 5;
/** Samples of 15 minutes. */
const MAX_SAMPLES = 180;

/** The last samples, the oldest first. */
export class Series {
  readonly #samples: Sample[] = [];

  get samples(): readonly Sample[] {
    return this.#samples;
  }

  add(sample: Sample): void {
    if (this.#samples.length >= MAX_SAMPLES) this.#samples.shift();
    this.#samples.push(sample);
  }

  /** The last sample that is at least so old; the oldest one when none is. */
  before(wallMs: number): Sample | undefined {
    return this.#samples.findLast(({ at }) => at <= wallMs) ?? this.#samples[0];
  }
}
