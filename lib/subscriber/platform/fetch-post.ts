import type { Post } from './platform';

/** By fetch, wherever there is one. */
export const fetchPost: Post = async (url, headers, form) => {
  const response = await fetch(url, { method: 'POST', headers, body: form });
  return { status: response.status, text: await response.text() };
};
