import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { setToken } from '../session';

/** Asks for the token. */
export function TokenPage({ why, onToken }: { why: string; onToken: () => void }): JSX.Element {
  const [text, set] = useState('');
  const submit = (submitted: Event): void => {
    submitted.preventDefault();
    setToken(text.trim());
    onToken();
  };
  return (
    <main class="door">
      <form class="card form" onSubmit={submit}>
        <img src="icon.svg" alt="" width="48" height="48" />
        <h1>Standpipe console</h1>
        <p class="soft">
          The address that <code>standpipe serve</code> prints holds the token; otherwise the
          configuration names it (<code>console.tokens</code>).
        </p>
        <label class="field">
          <span>Token</span>
          <input
            type="password"
            autoComplete="off"
            value={text}
            required
            onInput={(input) => set(input.currentTarget.value)}
          />
        </label>
        <button type="submit">Open</button>
        <p role="alert" class="wrong">
          {why}
        </p>
      </form>
    </main>
  );
}
