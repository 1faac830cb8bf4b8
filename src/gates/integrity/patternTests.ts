/**
 * Tests of a text that no parser read: another language, too large, or one that the parser could not hold. Line by line.
 * Owns: the few patterns that most frameworks share. Refuses: certainty: what comes of it is never a high finding.
 */
import type { Assertion } from './assertion.ts';
import { isOtherSource, languageOf } from './fileRole.ts';
import { emptyFile, type Skip, type TestCase, type TestFile } from './testFile.ts';

const declarations: readonly RegExp[] = [
  /^\s*(?:f|x)?(?:it|test|specify|describe|context)(?:\.\w+)*\s*\(\s*(['"`])(?<name>.+?)\1/,
  /^\s*(?:async\s+)?def\s+(?<name>test\w*)/,
  /^func\s+(?:\([^)]*\)\s*)?(?<name>Test\w*)\(/,
  /^\s*(?:it|test|should|scenario)\s+['"](?<name>.+?)['"]\s+do/,
  /^\s*(?:public\s+|internal\s+|private\s+|async\s+|static\s+|override\s+|suspend\s+)*(?:void|Task|fun|func|function)\s+(?<name>`[^`]+`|test\w*|\w+)\s*\(/,
  /^\s*(?:pub\s+)?(?:async\s+)?fn\s+(?<name>\w+)\s*\(/,
];
const marked = /^\s*(?:@Test|@ParameterizedTest|\[(?:Test|Fact|Theory|TestMethod)|#\[(?:\w+::)?test|@\w*Test\b)/;
const skipped = /\b(?:it|test|describe|context)\.(?:skip|todo)\b|^\s*x(?:it|test|describe|context)\b|@(?:Disabled|Ignore)\b|\[Ignore|Skip\s*=|#\[ignore|\bskip\(|pending\b|mark\.skip\b|\.Skip\(|markTestSkipped|XCTSkip/;
const focused = /\b(?:it|test|describe|context)\.only\b|^\s*f(?:it|describe|context)\b|\bfocus:\s*true/;
const asserting = /\b(?:assert\w*|expect\w*|should\w*|verify\w*|XCTAssert\w*|REQUIRE\w*|CHECK\w*|EXPECT_\w+|ASSERT_\w+)\b/;
const always = /\bassert(?:True|_true)?\s*\(?\s*(?:true|True|1)\s*\)?\s*;?$|expect\((true|1)\)/;

export function readByPattern(path: string, text: string): TestFile {
  if (languageOf(path) === null && !isOtherSource(path)) return { ...emptyFile, parsed: false };
  const lines = text.slice(0, 2_000_000).split('\n');
  const tests: TestCase[] = [];
  const declared = new Set<string>();
  let marks: { line: string; at: number }[] = [];
  for (const [at, line] of lines.entries()) {
    const name = nameIn(line, marks.some((mark) => marked.test(mark.line)));
    if (name === null) {
      if (/^\s*[@[#]/.test(line)) marks.push({ line, at });
      else if (line.trim() !== '') marks = [];
      const current = tests.at(-1);
      if (current) tests[tests.length - 1] = withLine(current, line, at);
      continue;
    }
    const around = [...marks, { line, at }];
    if (marks.some((mark) => marked.test(mark.line))) declared.add(name);
    const skip = around.find((mark) => skipped.test(mark.line));
    tests.push({
      title: name, path: [name], line: at + 1, body: [], assertions: [], calls: [], many: false, values: [], broken: true,
      skip: skip ? { how: skip.line.trim(), conditional: false, line: skip.at + 1 } : null, focused: around.some((mark) => focused.test(mark.line)) ? at + 1 : null,
    });
    marks = [];
  }
  return { ...emptyFile, tests: tests.filter((test) => test.assertions.length > 0 || test.skip !== null || declared.has(test.title) || /test/i.test(test.title) || /\.(spec|test)\./.test(path)), parsed: false };
}

function nameIn(line: string, isMarked: boolean): string | null {
  for (const [at, pattern] of declarations.entries()) {
    const name = pattern.exec(line)?.groups?.['name'];
    if (name !== undefined && (at < 4 || isMarked || (at === 4 && /^test/.test(name)))) return name.replaceAll('`', '');
  }
  return null;
}

function withLine(test: TestCase, line: string, at: number): TestCase {
  const words = line.trim().split(/\s+/).filter((word) => word !== '');
  const body = [...test.body, ...words];
  const skip: Skip | null = test.skip ?? (/^\s*(?:\w+\.)?(?:skip|Skip|SkipNow|skipTest|markTestSkipped|pending)\(/.test(line) ? { how: line.trim(), conditional: true, line: at + 1 } : null);
  if (!asserting.test(line) || /^\s*(?:\/\/|#|\*|import|from|use|using)/.test(line)) return { ...test, body, skip };
  const text = line.trim();
  const constant = always.test(text);
  const assertion: Assertion = { relation: 'custom', subject: text, expected: null, negated: false, strength: constant ? 0 : 75, constant, wildcards: 0, tolerance: null, swallowed: false, conditional: false, repeated: false, unreachable: false, line: at + 1, text: text.slice(0, 160) };
  return { ...test, body, skip, assertions: [...test.assertions, assertion] };
}
