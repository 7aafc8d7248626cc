// Tables of the documents, made from the sources: limits of the gateway, options of the Pipe client. `npm run readme` writes
// them, and spec/readme.spec.ts compares.
const ts = require('typescript');

const number = (value) => value.toLocaleString('en').replaceAll(',', ' ');

/** The table of limits; rows as `limitsTable()` gives them. */
exports.limits = (rows) =>
  [
    '| limit | default | bounds |',
    '| --- | ---: | --- |',
    ...rows.map(({ name, value, about }) => `| \`${name}\` | ${number(value)} | ${about} |`),
  ].join('\n');

/** Texts of the members of an interface in a source, by name; a sentence on the default stands apart. */
function documented(source, name) {
  const file = ts.createSourceFile('options.ts', source, ts.ScriptTarget.ES2022, true);
  const found = file.statements.find(
    (node) => ts.isInterfaceDeclaration(node) && node.name.text === name,
  );
  return new Map(
    found.members.map((member) => {
      const text = ts
        .getJSDocCommentsAndTags(member)
        .map(({ comment }) => comment)
        .join(' ')
        .replaceAll(/\s+/g, ' ');
      const standard = /(?:^| )Default:? (.*?)\.(?= [A-Z]|$)/.exec(text);
      const about = standard === null ? text : text.replace(standard[0], '').trim();
      return [member.name.text, { about, standard: standard?.[1] ?? '' }];
    }),
  );
}

/** Rows of the options of the Pipe client: what its documentation says, and the plain value that its table has. */
exports.optionRows = (defaults, source) => {
  const documents = documented(source, 'PipeOptions');
  for (const [name, text] of documented(source, 'GroupOptions'))
    documents.set(`group.${name}`, text);
  return defaults.map(({ name, value }) => ({ name, value, ...documents.get(name) }));
};

/** The table of the options of the Pipe client. */
exports.options = (rows) =>
  [
    '| option | default | meaning |',
    '| --- | --- | --- |',
    ...rows.map(({ name, standard, about }) => `| \`${name}\` | ${standard} | ${about} |`),
  ].join('\n');

/** The table of options by their JSON Schema, those inside of others and of lists included. */
exports.schema = (schema, prefix = '') => {
  const rows = ({ properties = {}, required = [] }, path) =>
    Object.entries(properties).flatMap(([name, each]) => {
      const inner = each.items ?? each;
      const place = `${path}${name}`;
      const standard =
        each.default === undefined
          ? required.includes(name)
            ? 'needed'
            : ''
          : `\`${JSON.stringify(each.default)}\``;
      const own = each.description ?? inner.description ?? '';
      const row = `| \`${place}\` | ${standard} | ${own.replaceAll('|', '\\|')} |`;
      return [row, ...rows(inner, `${place}${each.items ? '[]' : ''}.`)];
    });
  return ['| option | default | meaning |', '| --- | --- | --- |', ...rows(schema, prefix)].join(
    '\n',
  );
};

/** A document with a table in its place. */
exports.placed = (text, name, table) =>
  text.replace(
    new RegExp(`<!-- ${name} -->[^]*?<!-- /${name} -->`),
    () => `<!-- ${name} -->\n${table}\n<!-- /${name} -->`,
  );
