/** The guard on Python: pytest and unittest. REQ ids: specs/integrity.md. */
import { deepEqual } from 'node:assert/strict';
import { inShort, looked, openParsers, type Change, type Row } from './support/looked.ts';

const head = 'import pytest\nfrom app.calc import add\n\n';
const two = 'def test_two():\n    assert add(1, 2) == 3\n';
const none = 'def test_none():\n    assert add(4, 0) == 4\n';
const test = (before: string, after: string): Change => ({ 'tests/test_calc.py': [head + before, head + after] });
const body = (before: string, after: string): Change => test(`def test_add():\n${indented(before)}`, `def test_add():\n${indented(after)}`);
const method = (before: string, after: string): Change => test(`class TestAdd(unittest.TestCase):\n    def test_add(self):\n${indented(indented(before))}`, `class TestAdd(unittest.TestCase):\n    def test_add(self):\n${indented(indented(after))}`);
const indented = (text: string): string => text.split('\n').map((line) => `    ${line}\n`).join('');

const caught: readonly Row[] = [
  { name: 'a test removed', change: test(two + none, two), expected: ['high test-removed'] },
  { name: 'a test renamed so that it is not collected', change: test(two + none, two + none.replace('test_none', 'check_none')), expected: ['high test-removed'] },
  { name: 'a test marked to be skipped', change: test(two, `@pytest.mark.skip(reason="later")\n${two}`), expected: ['high test-skipped'] },
  { name: 'a test expected to fail', change: test(two, `@pytest.mark.xfail\n${two}`), expected: ['high test-skipped'] },
  { name: 'a test skipped under a condition', change: test(two, `@pytest.mark.skipif(sys.platform == "linux", reason="")\n${two}`), expected: ['medium test-skipped'] },
  { name: 'a test that skips itself', change: body('assert add(1, 2) == 3', 'pytest.skip("later")\nassert add(1, 2) == 3'), expected: ['high test-skipped'] },
  { name: 'a module skipped', change: test(two, `pytestmark = pytest.mark.skip\n${two}`), expected: ['high test-skipped'] },
  { name: 'a class skipped, unittest', change: { 'test_a.py': ['class TestA(TestCase):\n    def test_a(self):\n        self.assertEqual(a(), 1)\n', '@unittest.skip("later")\nclass TestA(TestCase):\n    def test_a(self):\n        self.assertEqual(a(), 1)\n'] }, expected: ['high test-skipped'] },
  { name: 'a test emptied', change: body('assert add(1, 2) == 3', 'pass'), expected: ['high test-emptied'] },
  { name: 'an assertion removed', change: body('assert add(1, 2) == 3\nassert add(2, 2) == 4', 'assert add(1, 2) == 3'), expected: ['high assertion-removed'] },
  { name: 'a comparison made a bare truth', change: body('assert add(1, 2) == 3', 'assert add(1, 2)'), expected: ['high assertion-weakened'] },
  { name: 'a comparison made "is not None"', change: body('result = add(1, 2)\nassert result == 3', 'result = add(1, 2)\nassert result is not None'), expected: ['high assertion-weakened'] },
  { name: 'a comparison made a type', change: body('result = add(1, 2)\nassert result == 3', 'result = add(1, 2)\nassert isinstance(result, int)'), expected: ['high assertion-weakened'] },
  { name: 'equal made "in"', change: body('message = say()\nassert message == "hello you"', 'message = say()\nassert "hello" in message'), expected: ['high assertion-weakened'] },
  { name: 'assertEqual made assertTrue', change: method('self.assertEqual(add(1, 2), 3)', 'self.assertTrue(add(1, 2))'), expected: ['high assertion-weakened'] },
  { name: 'assertEqual made assertIsNotNone', change: method('self.assertEqual(add(1, 2), 3)', 'self.assertIsNotNone(add(1, 2))'), expected: ['high assertion-weakened'] },
  { name: 'a tolerance made wide', change: body('assert ratio() == pytest.approx(0.333, abs=0.001)', 'assert ratio() == pytest.approx(0.333, abs=0.5)'), expected: ['high assertion-weakened'] },
  { name: 'any error instead of this one', change: body('with pytest.raises(ValueError, match="two"):\n    add()', 'with pytest.raises(Exception):\n    add()'), expected: ['medium assertion-weakened'] },
  { name: 'a failure caught', change: body('assert add(1, 2) == 3', 'try:\n    assert add(1, 2) == 3\nexcept AssertionError:\n    pass'), expected: ['high assertion-weakened'] },
  { name: 'a failure suppressed', change: body('assert add(1, 2) == 3', 'with contextlib.suppress(AssertionError):\n    assert add(1, 2) == 3'), expected: ['high assertion-weakened'] },
  { name: 'an early return', change: body('assert add(1, 2) == 3', 'return\nassert add(1, 2) == 3'), expected: ['high assertion-weakened'] },
  { name: 'an assertion put under a condition', change: body('assert add(1, 2) == 3', 'if DEBUG:\n    assert add(1, 2) == 3'), expected: ['medium assertion-weakened'] },
  { name: 'assert True', change: body('assert add(1, 2) == 3', 'add(1, 2)\nassert True'), expected: ['high assertion-constant'] },
  { name: 'a tuple asserted', change: body('assert add(1, 2) == 3', 'assert (add(1, 2) == 3, "sum")'), expected: ['high assertion-constant'] },
  { name: '"or True"', change: body('assert add(1, 2) == 3', 'assert add(1, 2) == 3 or True'), expected: ['high assertion-constant'] },
  { name: 'mock.ANY in place of a value', change: body('assert call() == {"id": 1}', 'assert call() == {"id": mock.ANY}'), expected: ['high assertion-weakened'] },
  { name: 'an expectation changed', change: body('assert add(1, 2) == 3', 'assert add(1, 2) == -1'), expected: ['medium expectation-changed'] },
  { name: 'called with, made called', change: body('send.assert_called_once_with("a")', 'send.assert_called()'), expected: ['high assertion-weakened'] },
];

const honest: readonly Row[] = [
  { name: 'a test added', change: test(two, two + none), expected: [] },
  { name: 'black', change: test(two, "def test_two() -> None:\n    # Two.\n    assert (\n        add(1, 2)\n        == 3\n    )\n"), expected: [] },
  { name: 'tests in another order', change: test(two + none, none + two), expected: [] },
  { name: 'functions made a class', change: test(two + none, 'class TestAdd:\n    def test_two(self):\n        assert add(1, 2) == 3\n    def test_none(self):\n        assert add(4, 0) == 4\n'), expected: [] },
  { name: 'unittest made pytest', change: { 'test_a.py': ['class TestA(TestCase):\n    def test_a(self):\n        self.assertEqual(add(1, 2), 3)\n        self.assertIn(1, many())\n        with self.assertRaises(ValueError):\n            add()\n', 'def test_a():\n    assert add(1, 2) == 3\n    assert 1 in many()\n    with pytest.raises(ValueError):\n        add()\n'] }, expected: [] },
  { name: 'copies made parameters', change: test(two + none, '@pytest.mark.parametrize("a, b, sum", [(1, 2, 3), (4, 0, 4)])\ndef test_add(a, b, sum):\n    assert add(a, b) == sum\n'), expected: ['low test-removed'] },
  { name: 'two assertions made one', change: body('assert add(1, 2) == 3\nassert add(2, 2) == 4', 'assert add(1, 2) == 3 and add(2, 2) == 4'), expected: [] },
  { name: 'a test split', change: test('def test_add():\n    assert add(1, 2) == 3\n    assert add(4, 0) == 4\n', two.replace('test_two', 'test_add') + none), expected: [] },
  { name: 'a fixture used', change: test(two, '@pytest.fixture\ndef sum():\n    return add(1, 2)\n\ndef test_two(sum):\n    assert sum == 3\n'), expected: [] },
  { name: 'a check put into a function', change: test(two, 'def assert_sum(a, b, sum):\n    assert add(a, b) == sum\n\ndef test_two():\n    assert_sum(1, 2, 3)\n'), expected: [] },
  { name: 'a test moved to another file', change: { 'tests/test_calc.py': [head + two + none, head + two], 'tests/test_none.py': [null, head + none] }, expected: [] },
  { name: 'a message added', change: body('assert add(1, 2) == 3', 'assert add(1, 2) == 3, "a sum"'), expected: [] },
];

describe('the integrity guard on Python', () => {
  before(openParsers);

  for (const { name, change, expected } of caught) it(`REQ-INTEGRITY-10: finds ${name}`, () => deepEqual(inShort(looked(change)), expected));
  for (const { name, change, expected } of honest) it(`REQ-INTEGRITY-11: does not mistake ${name}`, () => deepEqual(inShort(looked(change)), expected));
});
