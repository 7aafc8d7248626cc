/** Callbacks of JSONP answers; pusher-js has them at the same place. */
export const authCallbacks: Record<string, (data: unknown) => void> = {};

interface Page {
  createElement(tag: 'script'): { src: string; remove(): void };
  head: { append(script: unknown): void };
}

let nextId = 1;

/** Asks an endpoint by a script, for pages whose server allows no other origin to read its answers. */
export function askByScript(endpoint: string, form: string): Promise<unknown> {
  const { document } = globalThis as unknown as { document: Page };
  return new Promise((resolve) => {
    const id = String(nextId++);
    const script = document.createElement('script');
    Object.assign(authCallbacks, {
      [id]: (data: unknown) => {
        Reflect.deleteProperty(authCallbacks, id);
        script.remove();
        resolve(data);
      },
    });
    const callback = encodeURIComponent(`Pusher.auth_callbacks['${id}']`);
    script.src = `${endpoint}?callback=${callback}&${form}`;
    document.head.append(script);
  });
}
