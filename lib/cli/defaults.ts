/** The app of a gateway that was given none; for one's own machine only. */
export const DEVELOPMENT_APP = {
  id: '1',
  key: 'standpipe-dev-key',
  secret: 'standpipe-dev-secret',
  clientEvents: true,
} as const;
