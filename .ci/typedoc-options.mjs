// Plugin of typedoc: a property without a doc comment has the text that its value says. Options of a gateway are described in
// their schemas (`.describe`), rules and codes are texts.
import { Comment, Converter } from 'typedoc';
import ts from 'typescript';

export function load(app) {
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, (context, reflection) => {
    if (reflection.comment !== undefined) return;
    for (const declaration of context.getSymbolFromReflection(reflection)?.declarations ?? []) {
      const text =
        ts.isPropertyAssignment(declaration) && textOf(declaration.initializer, context.checker);
      if (!text) continue;
      reflection.comment = new Comment([
        { kind: 'text', text: text.replaceAll(/[\\*_<[]/g, String.raw`\$&`) },
      ]);
    }
  });
}

/** A text, or the description of a schema with its default where that is plain. */
function textOf(value, checker) {
  if (ts.isStringLiteralLike(value)) return value.text;
  const calls = new Map();
  for (let call = value; ts.isCallExpression(call); call = call.expression.expression) {
    if (!ts.isPropertyAccessExpression(call.expression)) break;
    calls.set(call.expression.name.text, call.arguments[0]);
  }
  const about = calls.get('describe');
  if (about === undefined || !ts.isStringLiteralLike(about)) return undefined;
  const initial = calls.get('default');
  const type = initial && checker.getTypeAtLocation(initial);
  const shown = type?.isLiteral() ? JSON.stringify(type.value) : initial?.getText();
  const isPlain = shown !== undefined && /^(true|false|"[^"]*"|[\d_* ]+)$/.test(shown);
  return isPlain ? `${about.text} Default: ${shown}.` : about.text;
}
