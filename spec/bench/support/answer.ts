type Answers = Record<string, (about: number) => number | Promise<number>>;

const STANDARD: Answers = {
  cpu: () => {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
  rss: () => {
    globalThis.gc?.();
    return process.memoryUsage.rss();
  },
  heap: () => {
    globalThis.gc?.();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  },
};

/** The child's side of `Child`: says that it is ready and answers questions; every child knows the standard ones. */
export function answerParent(answers: Answers = {}): void {
  const all: Answers = { ...STANDARD, ...answers };
  process.on('message', ({ question, about }: { question: string; about: number }) => {
    void Promise.resolve(all[question]?.(about)).then((answer) => process.send?.(answer ?? null));
  });
  process.on('disconnect', () => process.exit());
  process.send?.('ready');
}

/** The options that the parent gave to `Child.start`. */
export function optionsOf<Options>(): Options {
  return JSON.parse(process.argv[2] ?? '{}') as Options;
}
