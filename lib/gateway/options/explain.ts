import { z } from 'zod';
import { didYouMean } from '../../util/closest';

const KINDS: ReadonlyMap<string, string> = new Map([
  ['string', 'a string'],
  ['number', 'a number'],
  ['int', 'a whole number'],
  ['boolean', 'true or false'],
  ['array', 'a list'],
  ['object', 'an object'],
  ['Buffer', 'a Buffer'],
]);

/**
 * The faults of options in plain words, each with the path of its key, joined by `; `. Values are never shown, because
 * they may be secrets, but for numbers; a name of a key is.
 * @param error of a check with `reportInput`, so that a missing value can be told from a wrong one
 */
export function explain(error: z.ZodError, schema: z.ZodType): string {
  // A number may break a rule in two ways.
  return [...new Set(error.issues.flatMap((issue) => faultsOf(issue, schema)))].join('; ');
}

function faultsOf(issue: z.core.$ZodIssue, schema: z.ZodType): string[] {
  const meant = issue.code === 'invalid_union' ? meantOf(issue) : undefined;
  if (meant !== undefined) {
    return meant.flatMap((each) =>
      faultsOf({ ...each, path: [...issue.path, ...each.path] }, schema),
    );
  }
  if (issue.code !== 'unrecognized_keys') {
    const range = rangeOf(schemaAt(schema, issue.path), issue);
    return [`${pathText(issue.path) || 'options'}: ${range ?? meaning(issue)}`];
  }
  const at = schemaAt(schema, issue.path);
  const known = at instanceof z.ZodObject ? Object.keys(at.shape) : [];
  return issue.keys.map((key) => {
    const path = pathText([...issue.path, key]);
    return `${path}: is no option${didYouMean(key, known)}; the options are ${known.join(', ')}`;
  });
}

/** Faults of the only alternative that takes values of this kind; undefined when there is none, or several. */
function meantOf({ errors }: z.core.$ZodIssueInvalidUnion): z.core.$ZodIssue[] | undefined {
  const isOtherKind = ({ code, path }: z.core.$ZodIssue): boolean =>
    code === 'invalid_type' && path.length === 0;
  const fitting = errors.filter((issues) => !issues.some(isOtherKind));
  return fitting.length === 1 ? fitting[0] : undefined;
}

function meaning(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return mustBe([kindOf(issue)], issue.input);
    case 'too_small':
      return issue.minimum === 1 ? 'must not be empty' : issue.message;
    case 'too_big':
      return issue.origin === 'string'
        ? `must have at most ${issue.maximum} characters`
        : issue.message;
    case 'invalid_value':
      return mustBeOneOf(issue.values, issue.input);
    case 'invalid_union':
      return choice(issue.errors.flat(), issue.input);
    default:
      // Rules of the schema with a message of their own.
      return issue.message;
  }
}

function kindOf({ expected }: z.core.$ZodIssueInvalidType): string {
  return KINDS.get(expected) ?? expected;
}

function mustBe(kinds: readonly string[], input: unknown): string {
  const must = `must be ${kinds.join(' or ')}`;
  return input === undefined ? `is missing; it ${must}` : must;
}

function mustBeOneOf(values: readonly unknown[], input: unknown): string {
  const words = values.map(String);
  const hint = typeof input === 'string' ? didYouMean(input, words) : '';
  return `must be one of ${words.join(', ')}${hint}`;
}

/** Faults of all alternatives of a union as one sentence. */
function choice(faults: readonly z.core.$ZodIssue[], input: unknown): string {
  const values = faults.flatMap((fault) => (fault.code === 'invalid_value' ? fault.values : []));
  if (values.length === faults.length) return mustBeOneOf(values, input);
  const kinds = faults.flatMap((fault) => (fault.code === 'invalid_type' ? kindOf(fault) : []));
  if (kinds.length === faults.length) return mustBe(kinds, input);
  return [...new Set(faults.map(meaning))].join(', or ');
}

function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : `${text}${text && '.'}${String(part)}`,
    '',
  );
}

/** The schema of a path, without default. */
function schemaAt(schema: z.ZodType, path: readonly PropertyKey[]): unknown {
  let at: unknown = bare(schema);
  for (const part of path) {
    if (at instanceof z.ZodArray) at = bare(at.element);
    else if (at instanceof z.ZodObject)
      at = bare(new Map<PropertyKey, unknown>(Object.entries(at.shape)).get(part));
  }
  return at;
}

/** The whole rule of a number, whichever part of it is broken; undefined for everything else. */
function rangeOf(at: unknown, { input }: z.core.$ZodIssue): string | undefined {
  if (!(at instanceof z.ZodNumber)) return undefined;
  const kind = at.format === 'safeint' ? 'a whole number' : 'a number';
  const { minValue: min, maxValue: max } = at;
  const from = at.safeParse(min).success
    ? `from ${min} to ${max}`
    : `above ${min} and up to ${max}`;
  const not = typeof input === 'number' ? `, not ${input}` : '';
  return mustBe([`${kind} ${from}`], input) + not;
}

function bare(schema: unknown): unknown {
  let inner = schema;
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodDefault) inner = inner.unwrap();
  // A union counts as the alternative that has options of its own.
  if (inner instanceof z.ZodUnion) {
    return inner.options.find((option) => option instanceof z.ZodObject) ?? inner;
  }
  return inner instanceof z.ZodPipe ? inner.in : inner;
}
