import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { href, readAddress, replace, type Address } from '../address';

const PAUSE_MS = 250;

/** The query of the address as the state of a list: its prefix and its order. */
export function useQuery({ app, page, id, query }: Address): {
  get: (name: string) => string;
  set: (name: string, value: string) => void;
} {
  return {
    get: (name) => query.get(name) ?? '',
    set: (name, value) => {
      // Another field may have changed since this was rendered.
      const values = { ...Object.fromEntries(readAddress(location.hash).query), [name]: value };
      replace(href(app, page, id, values));
    },
  };
}

/** A field that changes the list when its writer pauses. */
export function Filter({
  label,
  value,
  placeholder,
  onChange,
}: {
  label: string;
  value: string;
  placeholder?: string;
  onChange: (value: string) => void;
}): JSX.Element {
  const [text, set] = useState(value);
  useEffect(() => set(value), [value]);
  useEffect(() => {
    if (text === value) return undefined;
    const timer = setTimeout(() => onChange(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <label class="field">
      <span>{label}</span>
      <input
        value={text}
        placeholder={placeholder}
        autoComplete="off"
        spellcheck={false}
        onInput={(event) => set(event.currentTarget.value)}
      />
    </label>
  );
}

export function Choice({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: string;
  options: ReadonlyArray<readonly [value: string, name: string]>;
  onChange: (value: string) => void;
}): JSX.Element {
  return (
    <label class="field">
      <span>{label}</span>
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {options.map(([each, name]) => (
          <option key={each} value={each}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
