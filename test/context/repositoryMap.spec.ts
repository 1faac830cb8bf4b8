// The map of a repository, from a tree in memory. specs/context.md.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { exportedNames, importedNames } from '../../src/context/exportedNames.ts';
import { repositoryMap } from '../../src/context/repositoryMap.ts';
import { memoryTree } from './support.ts';
import type { Files } from './support.ts';

const mapOf = async (files: Files, tokens: number): Promise<string> => {
  const tree = memoryTree({ c1: files });
  return repositoryMap(tree, await tree.files('c1'), tokens);
};

const project = {
  'README.md': '# Shop\n', 'package.json': '{}', '.github/workflows/test.yml': 'on: push\n', 'src/cart.ts': 'import { money } from \'./money.ts\';\nexport function total(): number { return money(1); }\nexport const empty = [];\nconst hidden = 1;\n',
  'src/money.ts': 'export const money = (n: number): number => n;\nexport type Currency = string;\n', 'src/order/index.ts': 'import { money } from \'../money.ts\';\nexport { total as sum } from \'../cart.ts\';\n', 'src/order/send.ts': 'import { sum } from \'./index.ts\';\nexport class Sender {}\n',
  'test/cart.spec.ts': 'export const no = 1;\n', 'node_modules/x/index.js': 'exports.x = 1;\n', 'dist/all.js': 'exports.y = 1;\n', 'src/deep/er/est/a.txt': '',
};

describe('the map of a repository', () => {
  it('REQ-CONTEXT-13 shows folders with counts, files that build it, and what sources offer, the most used first', async () => {
    assert.equal(await mapOf(project, 2_000), [
      '9 files: .ts 5, .json 1, .md 1, .txt 1, .yml 1', '',
      'Folders (files in them):', '.github/ 1', '  workflows/ 1', 'src/ 5', '  deep/ 1', '    er/ 1', '      est/ 1', '  order/ 2', 'test/ 1', '',
      'Files that say how it is built and run:', '.github/workflows/test.yml', 'README.md', 'package.json', '',
      'What sources offer, those that others use most:', 'src/cart.ts: total, empty', 'src/money.ts: money, Currency', 'src/order/index.ts: sum', 'src/order/send.ts: Sender',
    ].join('\n'));
  });

  it('REQ-CONTEXT-13 keeps to its tokens, upper folders and much used sources first, with the same bytes for the same tree', async () => {
    const many: Files = Object.fromEntries(Array.from({ length: 400 }, (_, at) => [`src/part${at % 20}/piece${at}/file${at}.ts`, `import '../../part0/piece0/file${at % 3}.ts';\nexport const name${at} = 1;\nexport function run${at}() {}\n`]));
    const maps = await Promise.all([many, Object.fromEntries(Object.entries(many).reverse())].map((files) => mapOf(files, 400)));
    assert.equal(maps[0], maps[1]);
    const [text = ''] = maps;
    assert.ok(text.length <= 1_600 && text.length > 1_200, String(text.length));
    assert.deepEqual([text.includes('  part19/ 20'), text.includes('src/part0/piece0/file0.ts: name0, run0'), text.includes('src/part1/piece1/file1.ts: name1, run1'), await mapOf(many, 0), await mapOf({}, 400)], [true, true, true, '', '']);
  });

  it('REQ-CONTEXT-13 reads what files of many languages offer and bring in', () => {
    const texts: readonly (readonly [string, string])[] = [
      ['a.ts', 'import type { X } from \'./types/x.ts\';\nexport default class App {}\nexport async function* go() {}\nexport abstract class Base {}\nexport { one, two as three, type Four };\nexport type { Five } from \'./five.js\';\nconst no = 1;\n  export const indented = 1;\n'],
      ['a.cjs', 'const { a } = require(\'./lib/helper\');\nmodule.exports = { first, second: 2 };\nexports.third = 3;\n'],
      ['a.py', 'from shop.cart import total\nimport os.path\nclass Cart:\n    def inner(self): pass\nasync def load(): pass\ndef _hidden(): pass\n'],
      ['a.go', 'import (\n\t"example.org/shop/cart"\n)\nfunc Total() int {\nfunc (c *Cart) Add() {\ntype Cart struct {\nfunc hidden() {\n'],
      ['a.rs', 'use crate::cart::Total;\npub fn total() {}\npub(crate) struct Cart;\npub async unsafe fn go() {}\nfn hidden() {}\n'],
      ['a.java', 'import org.shop.Cart;\npublic final class Order {\n  class Inner {}\n}\n'],
      ['a.kt', 'data class Money(val cents: Int)\nobject Rates\nsealed interface Event\n'],
      ['a.rb', 'require_relative \'cart\'\nmodule Shop\n  class Order\n  end\nend\ndef total?\nend\n'],
      ['a.php', 'use Shop\\Cart;\nabstract class Order {}\nfunction total() {}\n'],
      ['a.h', '#include "cart.h"\n#define MAX_ITEMS 10\nstruct Order {\ntypedef enum class Kind {\n'],
      ['a.txt', 'export const no = 1;\n'],
    ];
    assert.deepEqual(texts.map(([path, text]) => [path, exportedNames(path, text), importedNames(path, text)]), [
      ['a.ts', ['App', 'go', 'Base', 'one', 'three', 'Four', 'Five'], ['x', 'five']], ['a.cjs', ['first', 'second', 'third'], ['helper']], ['a.py', ['Cart', 'load'], ['cart', 'path']], ['a.go', ['Total', 'Add', 'Cart'], ['cart']],
      ['a.rs', ['total', 'Cart', 'go'], ['Total']], ['a.java', ['Order'], ['Cart']], ['a.kt', ['Money', 'Rates', 'Event'], []], ['a.rb', ['Shop', 'Order', 'total?'], ['cart']], ['a.php', ['Order', 'total'], ['Cart']],
      ['a.h', ['MAX_ITEMS', 'Order', 'Kind'], ['cart']], ['a.txt', [], []],
    ]);
  });
});
