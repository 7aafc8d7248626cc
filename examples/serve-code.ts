/**
 * Pages that show the source of an example, so that whoever sees something on its page finds the lines that do it.
 *
 * `/code/server.ts?at=event:say#here` is the file with the first line marked that has `event:say` in it. A file or text that
 * is not there answers 404: a link never leads to the wrong place.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const NAME = /\.(?:ts|js)$/;

/** Sources of a folder and of its folder `page`, by their path below it. Read once. */
export function readCode(folder: string): Map<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const paths = files.map((file) => file.replaceAll('\\', '/')).filter((file) => NAME.test(file));
  return new Map(paths.map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
}

/** The page of a file, with the first line marked that has a text in it; undefined when there is no such file or line. */
export function codePage(code: Map<string, string>, path: string, at = ''): string | undefined {
  const lines = code.get(path)?.trimEnd().split('\n');
  const marked = at === '' ? -1 : (lines?.findIndex((line) => line.includes(at)) ?? -1);
  if (lines === undefined || (at !== '' && marked < 0)) return undefined;
  const rows = lines.map((line, index) => {
    const here = index === marked ? ' id="here" class="here"' : '';
    return `<li${here}><code>${escaped(line) || ' '}</code></li>`;
  });
  const others = [...code.keys()].map((name) =>
    name === path ? `<b aria-current="page">${name}</b>` : `<a href="/code/${name}">${name}</a>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<title>${path} · the code</title>
<link rel="icon" href="data:," />
<link rel="stylesheet" href="/base.css" />
<link rel="stylesheet" href="/code.css" />
</head>
<body class="code">
<header><h1>${path}</h1><nav aria-label="Files of this example"><a href="/">the page</a> ${others.join(' ')}</nav></header>
<main tabindex="0" aria-label="Source of ${path}"><ol>${rows.join('\n')}</ol></main>
</body>
</html>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
