import type { ComponentChildren, JSX, TargetedKeyboardEvent } from 'preact';

export interface Column<T> {
  readonly name: string;
  readonly cell: (row: T) => ComponentChildren;
  /** Numbers stand at the right. */
  readonly isNumber?: boolean;
  /** Key of the order by this column, and what is called when it is asked for. */
  readonly sort?: string;
}

/**
 * A table whose rows are cards on narrow screens. The roles are said, as a browser takes a row that is laid out otherwise for
 * no row.
 */
export function Table<T>({
  label,
  columns,
  rows,
  keyOf,
  sort,
  onSort,
  toneOf,
}: {
  label: string;
  columns: ReadonlyArray<Column<T>>;
  rows: readonly T[];
  keyOf: (row: T, index: number) => string;
  sort?: string;
  onSort?: (key: string) => void;
  toneOf?: (row: T) => string;
}): JSX.Element {
  return (
    <div class="table-box">
      <table role="table" aria-label={label} onKeyDown={moveByArrows}>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map(({ name, isNumber, sort: key }) => (
              <th
                key={name}
                role="columnheader"
                scope="col"
                class={isNumber ? 'number' : ''}
                aria-sort={key !== undefined && key === sort ? 'descending' : undefined}
              >
                {key === undefined || onSort === undefined ? (
                  name
                ) : (
                  <button type="button" class="sort" onClick={() => onSort(key)}>
                    {name}
                    <span aria-hidden="true">{key === sort ? ' ▾' : ''}</span>
                  </button>
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row, index) => (
            <tr key={keyOf(row, index)} role="row" class={toneOf?.(row) ?? ''}>
              {columns.map(({ name, cell, isNumber }) => (
                <td key={name} role="cell" class={isNumber ? 'number' : ''} data-name={name}>
                  {asCell(cell(row))}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** An empty cell takes no room on a card. */
function asCell(content: ComponentChildren): ComponentChildren {
  const isEmpty = content === '' || content === undefined || content === false;
  return isEmpty ? undefined : <span class="cell">{content}</span>;
}

/** Up and down go from row to row. */
function moveByArrows(event: TargetedKeyboardEvent<HTMLTableElement>): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  const row = (event.target as HTMLElement).closest('tbody tr');
  if (step === 0 || row === null) return;
  const next = step > 0 ? row.nextElementSibling : row.previousElementSibling;
  const link = next?.querySelector<HTMLElement>('a, button');
  if (link === null || link === undefined) return;
  event.preventDefault();
  link.focus();
}
