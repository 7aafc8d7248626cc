import { spec, type FaultKind } from './fault-kind';

const neighbours = 'gateway/neighbours.spec.ts';

/** Faults of several gateways that are to be one. */
export const gateways: readonly FaultKind[] = [
  {
    title: 'a session over HTTP whose requests come to another worker',
    kind: 'A worker that does not have the session passes a request on with a part of it missing, or keeps it for ever.',
    bugs: [
      {
        title: 'a client that goes away stays for the owner',
        file: 'gateway/neighbours.ts',
        from: "socket.once('close', gone);",
        to: '',
        finder: spec(neighbours, 'a client that goes away is gone for the owner'),
      },
      {
        title: 'an answer that breaks off is left open',
        file: 'gateway/neighbours.ts',
        from: 'pipeline(answer, response, () => undefined);',
        to: 'answer.pipe(response);',
        finder: spec(neighbours, 'an answer that breaks off at the owner breaks off at the client'),
      },
      {
        title: 'a body that is too large is passed on as none',
        file: 'gateway/neighbours.ts',
        from: 'post(Buffer.alloc(status === 413 ? maxBytes + 1 : 1)),',
        to: 'post(Buffer.alloc(status === 413 ? 0 : 1)),',
        finder: spec(
          neighbours,
          'a body that is too large is too large for the owner, and an encoded one is encoded',
        ),
      },
      {
        title: 'the client says its own address',
        file: 'gateway/neighbours.ts',
        from: '[CLIENT]: exchange.remoteAddress,',
        to: "[CLIENT]: request.headers[CLIENT] ?? '',",
        finder: spec(
          neighbours,
          'a request is passed on with the address of its client, its origin and its body',
        ),
      },
    ],
  },
];
