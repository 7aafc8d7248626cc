import { generate } from 'selfsigned';

export interface Certificate {
  /** PEM; also what a client has to be told to trust. */
  cert: string;
  /** PEM. */
  key: string;
}

/** A certificate of this run for 127.0.0.1 and localhost, signed by itself: nobody trusts it who is not told to. */
export async function certificate(): Promise<Certificate> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  return { cert, key };
}
