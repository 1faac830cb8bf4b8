/**
 * Reads JUnit XML (`testsuites > testsuite* > testcase`, with `failure`, `error`, `skipped`), as the many tools write it.
 * Owns: what counts as which state. Refuses document types and entities of its own, and what is not XML (null: unreadable). A file that ends
 * early gives the cases before the cut, and is called damaged. `flakyFailure` and `rerunFailure` (surefire, nextest) are earlier tries of a case.
 */
import { XMLParser } from 'fast-xml-parser';
import { testEntry, withUniqueIds, type TestEntry, type TestReport } from '../testReport.ts';

type Node = Readonly<Record<string, unknown>>;

const parser = new XMLParser({
  ignoreAttributes: false, attributeNamePrefix: '@', parseAttributeValue: false, parseTagValue: false, trimValues: false,
  isArray: (name) => ['testsuite', 'testcase', 'failure', 'error', 'skipped'].includes(name),
});

/** @param root the checkout's folder */
export function readJunitReport(text: string, root: string): TestReport | null {
  const start = text.search(/<(\?xml|testsuites?[\s>/])/);
  if (start < 0) return null;
  const body = text.slice(start);
  // A failed assertion about a web page may well quote one.
  if (/<!(DOCTYPE|ENTITY)/i.test(`${text.slice(0, start)}${body.replace(/<!\[CDATA\[[^]*?(\]\]>|$)/g, '')}`)) return null;
  const whole = /(<\/testsuites?\s*>|<testsuites?[^<]*\/>)\s*$/.test(body) && (!/<testsuites[\s>]/.test(body) || /(<\/testsuites\s*>|<testsuites[^<]*\/>)\s*$/.test(body));
  const document = parse(body) ?? parse(body.slice(0, body.lastIndexOf('</testcase>') + '</testcase>'.length));
  if (document === null) return null;
  const tests: TestEntry[] = [];
  collect(document, { suites: [], file: null }, root, tests, 0);
  return { tests: [...withUniqueIds(tests)], truncated: false, ...(whole ? {} : { damaged: true }), couldNotLoad: false };
}

function parse(text: string): Node | null {
  try {
    const document: unknown = parser.parse(text);
    return isNode(document) ? document : null;
  } catch {
    return null;
  }
}

interface Around { readonly suites: readonly string[]; readonly file: string | null }

function collect(node: Node, around: Around, root: string, tests: TestEntry[], depth: number): void {
  if (depth > 60) return;
  const inner = node['testsuites'];
  if (isNode(inner)) collect(inner, around, root, tests, depth + 1);
  for (const suite of nodes(node['testsuite'])) {
    const file = attribute(suite, 'file') || attribute(suite, 'filepath') || around.file;
    collect(suite, { suites: [...around.suites, decoded(attribute(suite, 'name'))], file }, root, tests, depth + 1);
  }
  for (const testcase of nodes(node['testcase'])) tests.push(entryOf(testcase, around, root));
}

function entryOf(testcase: Node, { suites, file }: Around, root: string): TestEntry {
  const broken = nodes(testcase['failure'])[0] ?? nodes(testcase['error'])[0] ?? null;
  const has = (name: string): boolean => testcase[name] !== undefined;
  const className = decoded(attribute(testcase, 'classname'));
  const line = Number.parseInt(attribute(testcase, 'line') || attribute(testcase, 'lineno'), 10);
  const details = broken ? text(broken) : '';
  return testEntry({
    state: has('failure') || has('error') ? 'failed' : has('skipped') ? 'skipped' : 'passed',
    path: [...(className === '' ? suites.filter((suite) => suite !== '') : [className]), decoded(attribute(testcase, 'name'))],
    file: attribute(testcase, 'file') || file,
    line: Number.isSafeInteger(line) ? line : null,
    message: [broken ? decoded(attribute(broken, 'message')) : '', details].filter((part) => part !== '').join('\n'),
    stack: details,
  }, root);
}

function nodes(value: unknown): readonly Node[] {
  if (!Array.isArray(value)) return [];
  return value.map((item: unknown) => (isNode(item) ? item : { '#text': String(item) }));
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function attribute(node: Node, name: string): string {
  const value = node[`@${name}`];
  return typeof value === 'string' ? value : '';
}

function text(node: Node): string {
  const value = node['#text'];
  return typeof value === 'string' ? decoded(value) : '';
}

/** Numeric character references, which the parser leaves as they are. */
function decoded(value: string): string {
  return value.replace(/&#(?:x([0-9a-f]{1,6})|(\d{1,7}));/gi, (whole, hex: string | undefined, decimal: string | undefined) => {
    const point = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
}
