import { TestSocket } from '../../support/test-socket';

/** A request of the parent: so many sockets come, or all of them go at once. */
export type CrowdOrder = { come: number } | { go: true };

/** The answer to the parent; `refused` counts attempts that failed, and were made again. */
export interface CrowdState {
  open: number;
  refused: number;
}

/** The longest wait before another attempt. */
const RETRY_MS = 1_000;

/** Browsers in a process of their own, each with five private channels. Answers each order when it is done. */
const { port } = JSON.parse(process.env['CHILD_OPTIONS'] ?? '') as { port: number };
const never = { teardown: (): void => undefined };
let sockets: TestSocket[] = [];
let refused = 0;

async function comes(i: number): Promise<TestSocket> {
  for (;;) {
    try {
      const socket = await TestSocket.connect(never, port);
      for (let k = 0; k < 5; k++) await socket.subscribe(`private-room-${(i + k) % 100}`);
      return socket;
    } catch {
      refused += 1;
      await new Promise((resolve) => setTimeout(resolve, Math.random() * RETRY_MS));
    }
  }
}

async function obey(order: CrowdOrder): Promise<void> {
  if ('come' in order) {
    sockets = await Promise.all(Array.from({ length: order.come }, (_, i) => comes(i)));
  } else {
    // A reset, as when the network between them fails; and no port is kept waiting afterwards.
    for (const socket of sockets) socket.raw.stream.resetAndDestroy();
    sockets = [];
  }
  tell({ open: sockets.length, refused });
}

function tell(state: CrowdState): void {
  process.send?.(state);
}

process.on('message', (order: CrowdOrder) => void obey(order));
process.on('disconnect', () => process.exit());
tell({ open: 0, refused: 0 });
