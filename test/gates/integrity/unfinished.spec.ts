/** Unfinished work in a change, and what only looks like it. REQ ids: specs/integrity.md. */
import { deepEqual } from 'node:assert/strict';
import { looked, openParsers, type Change } from './support/looked.ts';

type Row = readonly [name: string, path: string, after: string, before?: string];

const stubs: readonly Row[] = [
  ['a constant given back', 'src/slug.js', 'export function slug(text) { return ""; }\n'],
  ['a constant, behind a comment', 'src/slug.ts', 'export function slug(text: string): string {\n  // Good enough.\n  return "a";\n}\n'],
  ['an arrow with a constant', 'src/slug.ts', 'export const slug = (text: string): string[] => [];\n'],
  ['a constant of the module', 'src/slug.js', 'module.exports = (text) => null;\n'],
  ['a constant of one name that a module hands out', 'src/slug.js', 'exports.slug = function (text) { return -1; };\n'],
  ['a constant in what a module hands out', 'src/slug.js', 'module.exports = { slug: (text) => ({}) };\n'],
  ['nothing in what a module hands out', 'src/slug.js', 'module.exports = { slug(text) {} };\n'],
  ['a method with a constant', 'src/slug.ts', 'export class Slugs {\n  of(text: string): string { return ""; }\n}\n'],
  ['a body that became a constant', 'src/slug.js', 'export function slug(text) { return ""; }\n', 'export function slug(text) { return text.trim(); }\n'],
  ['a promise that is broken at once', 'src/slug.js', 'export function slug(text) { return Promise.reject(new Error("not implemented")); }\n'],
  ['pass, in Python', 'app/slug.py', 'def slug(text):\n    """Makes a slug."""\n    pass\n'],
  ['a constant, in Python', 'app/slug.py', 'def slug(text):\n    """Makes a slug."""\n    return None\n'],
  ['an ellipsis, in Python', 'app/slug.py', 'def slug(text): ...\n'],
  ['NotImplementedError of a class that nobody fills in', 'app/slug.py', 'class Slugs:\n    def of(self, text):\n        raise NotImplementedError()\n'],
  ['a constant, in Go', 'slug.go', 'package slug\nfunc Slug(text string) (string, error) { return "", nil }\n'],
  ['panic("TODO")', 'slug.go', 'package slug\nfunc Slug(text string) string { panic("TODO") }\n'],
  ['an error that is given back', 'slug.go', 'package slug\nfunc (s Slugs) Of(text string) (string, error) { return "", errors.New("not implemented") }\n'],
  ['todo!() beside tests', 'src/lib.rs', 'pub fn slug(text: &str) -> String { todo!() }\n#[cfg(test)]\nmod tests { #[test] fn a() { assert_eq!(1, 1); } }\n'],
  ['unimplemented!()', 'src/lib.rs', 'pub fn slug(text: &str) -> String { unimplemented!("later") }\n'],
  ['a constant, in Rust', 'src/lib.rs', 'pub fn slug(text: &str) -> String { String::new() }\n'],
  ['None, in Rust', 'src/lib.rs', 'impl Slugs { pub fn of(&self, text: &str) -> Option<u8> { None } }\n'],
  ['a note in small letters', 'src/slug.js', '/** @todo other alphabets */\nexport const a = 1;\n'],
  ['a new note beside an old one', 'src/slug.js', '// TODO: names with dots\n// TODO: other alphabets\nexport const a = 1;\n', '// TODO: names with dots\nexport const a = 1;\n'],
];

const none: readonly Row[] = [
  ['a note that was reworded', 'src/slug.js', '// TODO(somebody): handle names with dots later\nexport const a = 1;\n', '// TODO: handle names with dots\nexport const a = 1;\n'],
  ['a note that moved with its line', 'src/slug.js', 'export const a = 1;\nexport function f() {\n  // TODO: dots\n  g();\n}\n', '// TODO: dots\nexport const a = 1;\n'],
  ['a note in a text of a test', 'test/slug.test.js', "it('finds notes', () => { assert.equal(notes('// TODO: x').length, 1); });\n// TODO: more\n"],
  ['a note in Markdown', 'docs/plan.md', '- TODO: write this\n'],
  ['a string that says so', 'src/words.js', "export const states = ['TODO', 'DONE', 'not implemented'];\n"],
  ['a comment about a placeholder', 'src/form.js', '// Placeholder text of the field, in grey.\nexport const text = label(1);\n// Stub files are looked for first.\n'],
  ['an abstract class', 'src/shape.ts', 'export abstract class Shape {\n  area(unit: string): number { throw new Error("not implemented"); }\n}\n'],
  ['a class that others fill in', 'src/shape.js', 'class Shape { area(unit) { throw new Error("must be implemented by a subclass: not implemented"); } }\n'],
  ['a class that is filled in below', 'app/shape.py', 'class Shape:\n    def area(self, unit):\n        raise NotImplementedError\n\nclass Square(Shape):\n    def area(self, unit):\n        return self.side * unit\n'],
  ['a protocol', 'app/shape.py', 'class Shape(Protocol):\n    def area(self, unit: str) -> int: ...\n'],
  ['a protocol with a method that a class has as well', 'app/shape.py', 'class Shape(t.Protocol[T]):\n    def area(self, unit: str) -> int: ...\nclass Square:\n    def area(self, unit):\n        return self.side * unit\n', 'class Square:\n    def area(self, unit):\n        return self.side * unit\n'],
  ['overloads', 'app/shape.py', '@overload\ndef area(shape: A) -> int: ...\n@overload\ndef area(shape: B) -> str: ...\ndef area(shape):\n    return shape.area\n'],
  ['a stub file of types', 'app/shape.pyi', 'def area(shape: A) -> int: ...\n'],
  ['an answer 501', 'src/server.js', 'export function put(request) { throw new HttpError(501, "Not Implemented"); }\n'],
  ['unimplemented! in tests', 'src/lib.rs', 'pub fn slug(text: &str) -> String { text.into() }\n#[cfg(test)]\nmod tests { fn fake(x: u8) -> u8 { unimplemented!() } #[test] fn a() { assert_eq!(slug("a"), "a"); } }\n'],
  ['a trait filled in by nothing', 'src/lib.rs', 'impl Log for Quiet { fn log(&self, line: &str) {} fn level(&self, of: &str) -> u8 { 0 } }\n'],
  ['an interface filled in, in Go', 'quiet.go', 'package log\nfunc (q Quiet) Level(of string) int { return 0 }\nfunc (noopLog) Write(line string) {}\n'],
  ['an empty constructor', 'src/shape.ts', 'export class Shape { constructor(private readonly side: number) {} }\n'],
  ['callbacks that do nothing', 'src/log.js', 'start({ onEnd: (code) => {}, onError(error) {}, onData: () => undefined });\nlisten((event) => {});\nconst noop = (x) => {};\n'],
  ['a member of a class with ancestors', 'src/log.ts', 'class Quiet implements Log { log(line: string): void {} level(of: string): number { return 0; } }\n'],
  ['functions that take nothing', 'src/names.ts', 'export function kind(): string { return "csv"; }\nexport const limit = (): number => 10;\nexport class Csv { get name(): string { return "csv"; } }\n'],
  ['what is said to take nothing', 'src/retry.ts', 'export function mayRetry(_error: Error): boolean { return false; }\n'],
  ['what says that it is meant so', 'src/retry.ts', 'export function onClose(code: number): void {\n  // Nothing to do: the socket is the caller\'s.\n}\n'],
  ['a function that uses what it takes', 'src/slug.js', 'export function slug(text) { return text; }\nexport const tag = (text) => `<${text}>`;\n'],
  ['a method of a component that says its name', 'app/shape.py', 'class Shape:\n    def __str__(self):\n        return "shape"\n    @property\n    def kind(self):\n        return "round"\n'],
  ['an error that says what is not supported', 'app/zip.py', 'def unpack(kind, data):\n    if kind == 8:\n        return inflate(data)\n    raise NotImplementedError("that compression is not supported")\n'],
  ['a hook', 'app/loop.py', 'class Loop:\n    def closed(self, code):\n        """Called when the loop is closed."""\n'],
  ['a function within another one', 'app/walk.py', 'def walk(root):\n    def onerror(error):\n        pass\n    return scan(root, onerror)\n'],
  ['one of two alternatives', 'app/stat.py', 'if hasattr(os, "door"):\n    def is_door(mode):\n        return os.door(mode)\nelse:\n    def is_door(mode):\n        return False\n'],
  ['a word that begins a sentence', 'src/list.js', '// todo items are kept in order\n// xxx/new is where they lie\nexport const a = 1;\n'],
  ['a concern', 'src/slug.js', '// XXX this depends on the order of keys\nexport const a = 1;\n'],
  ['generated code', 'api/api.pb.go', '// Code generated by protoc. DO NOT EDIT.\npackage api\nfunc Get(c context.Context) (string, error) { return "", status.Errorf(codes.Unimplemented, "method Get not implemented") }\n'],
  ['a configuration', 'vite.config.js', 'export default (env) => ({ plugins: [react()], server: { port: 3000 }, build: { outDir: "out", sourcemap: true } });\n'],
  ['a constant that stood there', 'src/slug.js', 'export function slug(text) { return ""; }\nexport const a = 2;\n', 'export function slug(text) { return ""; }\nexport const a = 1;\n'],
];

const found = ([, path, after, before]: Row): readonly string[] => looked({ [path]: [before ?? null, after] } satisfies Change).flatMap(({ kind, severity }) => (kind === 'stub-left' && severity !== 'low' ? [`${severity} ${kind}`] : []));

describe('unfinished work in a change', () => {
  before(openParsers);

  for (const row of stubs) it(`REQ-INTEGRITY-17: ${row[0]}, is found`, () => deepEqual(found(row), ['medium stub-left']));
  for (const row of none) it(`REQ-INTEGRITY-17, REQ-INTEGRITY-19: ${row[0]}, is none`, () => deepEqual(found(row), []));
});
