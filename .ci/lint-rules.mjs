// Four of Standpipe's own rules, each kept because a realtime server died or leaked where it was broken. They read
// types, so they ask what a thing is and not what it is called. spec/lint/rules.spec.ts shows a good and a bad file
// for each. The file lists stand in eslint.config.mjs.
import ts from 'typescript';

/** The parts of a union; a type parameter counts as what it extends. */
function partsOf(checker, type) {
  const known = checker.getBaseConstraintOfType(type) ?? type;
  if (known.isUnion()) return known.types.flatMap((part) => partsOf(checker, part));
  // `string & keyof T` and branded strings: each member of an intersection narrows, so one fixed member is enough.
  return [known];
}

/** True when every value of the type is known to begin with text that the source wrote. */
function beginsFixed(checker, type) {
  return partsOf(checker, type).every((part) => {
    if (part.isIntersection()) return part.types.some((member) => beginsFixed(checker, member));
    if (part.flags & ts.TypeFlags.TemplateLiteral) return part.texts[0] !== '';
    return Boolean(part.flags & (ts.TypeFlags.StringLiteral | ts.TypeFlags.ESSymbolLike));
  });
}

/** True when every value of the type stands in the source, or is a number: no property of anything is called 7. */
function isFixed(checker, type) {
  const fixed = ts.TypeFlags.StringLiteral | ts.TypeFlags.NumberLike | ts.TypeFlags.ESSymbolLike;
  return partsOf(checker, type).every((part) =>
    part.isIntersection()
      ? part.types.some((member) => isFixed(checker, member))
      : Boolean(part.flags & (fixed | ts.TypeFlags.Never)),
  );
}

/** Every class, interface and alias that a type is made of, own or inherited, with the module that declares it. */
function* ancestry(checker, type, seen = new Set()) {
  for (const part of partsOf(checker, type).flatMap((p) => (p.isIntersection() ? p.types : [p]))) {
    if (seen.has(part)) continue;
    seen.add(part);
    const declaration = part.symbol?.declarations?.[0];
    if (declaration) yield { name: part.symbol.name, file: declaration.getSourceFile().fileName };
    const declared = part.target ?? part;
    if (declared.isClassOrInterface()) {
      for (const base of checker.getBaseTypes(declared)) yield* ancestry(checker, base, seen);
    }
  }
}

/** What writes on the classes of ws and Node that end in a socket. */
const STREAM_CALLS = new Set(['write']);
const RAW = new Map([
  ['WebSocket', new Set(['send', 'ping', 'pong', 'close', 'terminate'])],
  ['Socket', STREAM_CALLS],
  ['Duplex', STREAM_CALLS],
  ['Writable', STREAM_CALLS],
  ['OutgoingMessage', STREAM_CALLS],
]);
const RAW_CALLS = new Set([...RAW.values()].flatMap((calls) => [...calls]));

/** Bytes that nobody counts are memory that nobody bounds: one file looks at the unsent bytes, and it alone writes. */
const guardedSend = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      raw: '`{{call}}` on a raw socket is only allowed in the guarded send; call the connection instead',
    },
  },
  create(context) {
    const services = context.sourceCode.parserServices;
    const checker = services.program.getTypeChecker();
    return {
      'CallExpression > MemberExpression.callee'(callee) {
        const call = callee.computed ? callee.property.value : callee.property.name;
        // The type of every callee would cost ten seconds of CPU.
        if (!RAW_CALLS.has(call)) return;
        for (const { name, file } of ancestry(checker, services.getTypeAtLocation(callee.object))) {
          if (!file.includes('/node_modules/') || !RAW.get(name)?.has(call)) continue;
          context.report({ node: callee.property, messageId: 'raw', data: { call } });
          return;
        }
      },
    };
  },
};

/** A registry that is an object answers to `constructor` and `__proto__`; a Map answers to what was put in. */
const mapRegistries = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      key: 'the key is not known in the source: use a Map or a Set, not an object or an array',
    },
  },
  create(context) {
    const services = context.sourceCode.parserServices;
    const checker = services.program.getTypeChecker();

    return {
      'MemberExpression[computed=true]'({ property }) {
        if (isFixed(checker, services.getTypeAtLocation(property))) return;
        context.report({ node: property, messageId: 'key' });
      },
      'BinaryExpression[operator="in"]'({ left }) {
        if (left.type === 'PrivateIdentifier') return;
        if (isFixed(checker, services.getTypeAtLocation(left))) return;
        context.report({ node: left, messageId: 'key' });
      },
    };
  },
};

const EMITTER_CALLS = new Set(['emit', 'on', 'once', 'off', 'addListener', 'removeListener']);

/** An event whose whole name comes from a peer can be called `error`, and an unheard `error` ends the process. */
const fixedEventNames = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      name: 'the name of an event must be a literal, or a template that begins with literal text',
    },
  },
  create(context) {
    const services = context.sourceCode.parserServices;
    const checker = services.program.getTypeChecker();
    return {
      'CallExpression[callee.type="MemberExpression"]'({ callee, arguments: [name] }) {
        if (callee.computed || !EMITTER_CALLS.has(callee.property.name) || !name) return;
        if (name.type === 'TemplateLiteral' && name.quasis[0].value.raw !== '') return;
        if (beginsFixed(checker, services.getTypeAtLocation(name))) return;
        context.report({ node: name, messageId: 'name' });
      },
    };
  },
};

export default {
  rules: {
    'guarded-send': guardedSend,
    'map-registries': mapRegistries,
    'fixed-event-names': fixedEventNames,
  },
};
