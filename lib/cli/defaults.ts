/** The app of a gateway that was given none. It is served on this machine only, since everybody knows its secret. */
export const DEVELOPMENT_APP = {
  id: '1',
  key: 'standpipe-dev-key',
  secret: 'standpipe-dev-secret',
  clientEvents: true,
} as const;
