/**
 * The app of a gateway that was given none. It is served on this machine only, and to pages of this machine only: every
 * visited page knows its secret.
 */
export const DEVELOPMENT_APP = {
  id: '1',
  key: 'standpipe-dev-key',
  secret: 'standpipe-dev-secret',
  clientEvents: true,
  allowedOrigins: [
    'file://',
    ...['localhost', '127.0.0.1', '[::1]'].flatMap((host) => [
      `http://${host}:*`,
      `https://${host}:*`,
    ]),
  ],
} as const;
