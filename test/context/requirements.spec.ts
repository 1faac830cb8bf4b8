// Requirements of real-looking specification files (test/fixtures/specs). specs/context.md.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import fc from 'fast-check';
import { requirementsOf } from '../../src/context/requirements.ts';
import type { Requirement } from '../../src/ports/library.ts';

const folder = join(import.meta.dirname, '../fixtures/specs');
const file = (path: string): { path: string; text: string } => ({ path, text: readFileSync(join(folder, path), 'utf8') });
const rows = (requirements: readonly Requirement[]): (string | number | null)[][] => requirements.map(({ line, kind, id, label, parent, priority }) => [line, kind, id, label, parent, priority]);
const of = (text: string, path = 'specs/a.md'): readonly Requirement[] => requirementsOf([{ path, text }]).requirements;

describe('requirements', () => {
  it('REQ-CONTEXT-22 REQ-CONTEXT-20 reads Spec Kit: stories with priority, scenarios, FR and SC lines', () => {
    const { requirements } = requirementsOf([file('specs/001-photo-albums/spec.md')]);
    assert.deepEqual(rows(requirements), [
      [15, 'story', '001-photo-albums/US1', 'US1', null, 'P1'],
      [26, 'scenario', '001-photo-albums/US1.1', null, '001-photo-albums/US1', null],
      [28, 'scenario', '001-photo-albums/US1.2', null, '001-photo-albums/US1', null],
      [33, 'story', '001-photo-albums/US2', 'US2', null, 'P2'],
      [41, 'scenario', '001-photo-albums/US2.1', null, '001-photo-albums/US2', null],
      [42, 'scenario', '001-photo-albums/US2.2', null, '001-photo-albums/US2', null],
      [53, 'requirement', '001-photo-albums/FR-001', 'FR-001', null, null],
      [54, 'requirement', '001-photo-albums/FR-002', 'FR-002', null, null],
      [55, 'requirement', '001-photo-albums/FR-003', 'FR-003', null, null],
      [56, 'requirement', '001-photo-albums/FR-004', 'FR-004', null, null],
      [67, 'success', '001-photo-albums/SC-001', 'SC-001', null, null],
      [68, 'success', '001-photo-albums/SC-002', 'SC-002', null, null],
    ]);
    assert.deepEqual([requirements[0]?.text.slice(0, 62), requirements[1]?.text], [
      'See photos grouped by day: A person opens the main page and fi',
      'Given twelve photos taken on three days, When the main page is opened, Then three albums are shown, newest first',
    ]);
  });

  it('REQ-CONTEXT-22 reads Kiro: requirements by number, their criteria as 1.1', () => {
    const { requirements } = requirementsOf([file('.kiro/specs/csv-export/requirements.md')]);
    assert.deepEqual(rows(requirements), [
      [13, 'story', 'csv-export/1', '1', null, null],
      [19, 'ears', 'csv-export/1.1', '1.1', 'csv-export/1', null],
      [20, 'ears', 'csv-export/1.2', '1.2', 'csv-export/1', null],
      [21, 'ears', 'csv-export/1.3', '1.3', 'csv-export/1', null],
      [23, 'story', 'csv-export/2', '2', null, null],
      [30, 'ears', 'csv-export/2.1', '2.1', 'csv-export/2', null],
      [31, 'ears', 'csv-export/2.2', '2.2', 'csv-export/2', null],
    ]);
    assert.equal(requirements[4]?.text, 'Columns: As a bookkeeper, I want to choose the columns, so that nobody sees what is none of their business');
    assert.deepEqual(of('### Requirement 7\n\n1. WHEN a THEN the system SHALL b\n1. WHEN c THEN the system SHALL d\n5. WHEN e THEN the system SHALL f\n').map(({ id }) => id), ['a/7', 'a/7.1', 'a/7.2', 'a/7.5']);
  });

  it('REQ-CONTEXT-21 reads EARS sentences, with ids or without, in lists, paragraphs and tables', () => {
    const { requirements } = requirementsOf([file('specs/thermostat.md')]);
    assert.deepEqual(rows(requirements), [
      [11, 'ears', 'REQ-HEAT-01', 'REQ-HEAT-01', null, null],
      [13, 'ears', 'REQ-HEAT-02', 'REQ-HEAT-02', null, null],
      [14, 'ears', 'thermostat/heating-1', null, null, null],
      [15, 'ears', 'REQ-HEAT-04', 'REQ-HEAT-04', null, null],
      [20, 'ears', 'thermostat/display-1', null, null, null],
      [25, 'requirement', 'thermostat/display-2', null, null, null],
      [29, 'requirement', 'thermostat/FR-10', 'FR-10', null, 'P2'],
      [30, 'requirement', 'thermostat/FR-11', 'FR-11', null, 'P3'],
    ]);
    assert.equal(requirements[0]?.text, 'When the room is more than half a degree below the wanted temperature, the thermostat shall call for heat within ten seconds.');
  });

  it('REQ-CONTEXT-21 reads user stories with their criteria and scenarios, Gherkin blocks too', () => {
    const { requirements } = requirementsOf([file('specs/checkout.md')]);
    assert.deepEqual(rows(requirements), [
      [3, 'story', 'checkout/US-01', 'US-01', null, null],
      [11, 'criterion', 'checkout/US-01.1', null, 'checkout/US-01', null],
      [12, 'criterion', 'checkout/US-01.2', null, 'checkout/US-01', null],
      [16, 'story', 'checkout/discounts-1', null, null, null],
      [20, 'scenario', 'checkout/discounts-1.1', null, 'checkout/discounts-1', null],
      [23, 'criterion', 'checkout/discounts-1.2', null, 'checkout/discounts-1', null],
      [25, 'ears', 'checkout/voucher-expiry', null, 'checkout/discounts-1', null],
      [28, 'scenario', 'checkout/voucher-expiry.1', null, 'checkout/voucher-expiry', null],
      [35, 'scenario', 'checkout/voucher-expiry.2', null, 'checkout/voucher-expiry', null],
    ]);
    assert.equal(requirements[7]?.text, 'Last day: GIVEN a voucher that ends today WHEN it is used at 23:59 THEN it is taken AND it is marked as used');
  });

  it('REQ-CONTEXT-23 makes names of a file unique, and leaves those with an area alone', () => {
    const texts = [{ path: 'specs/001-a/spec.md', text: '- **FR-001**: A\n' }, { path: 'specs/002-b/spec.md', text: '- **FR-001**: B\n' }, { path: 'docs/deep/prd.md', text: '- FR-001: C\n- REQ-WEB-01: D\n' }, { path: 'specs/x/y.md', text: '## Füße & Hände\n- The hand shall hold.\n- The foot shall stand.\n' }];
    assert.deepEqual(requirementsOf(texts).requirements.map(({ id }) => id), ['001-a/FR-001', '002-b/FR-001', 'docs/deep/prd/FR-001', 'REQ-WEB-01', 'x/y/füße-hände-1', 'x/y/füße-hände-2']);
    // Other headings, and lines above, change nothing.
    assert.deepEqual(of('# New\n\nNew words.\n\n## Füße & Hände\n\n- The hand shall hold.\n- The foot shall stand.\n', 'specs/x/y.md').map(({ id, line }) => [id, line]), [['x/y/füße-hände-1', 7], ['x/y/füße-hände-2', 8]]);
  });

  it('REQ-CONTEXT-24 takes no comment, code, example or reference for a requirement, and names what is repeated', () => {
    assert.deepEqual(of([
      '---', 'title: FR-001 x', '---', '<!-- - FR-001: The x shall y -->', '<!--', '- FR-002: The x shall y', '-->', '~~~md', '- FR-003: The x shall y', '~~~', 'FR-001 and FR-002 are related; see FR-003.', '- FR-001, FR-002: covered by a test',
      '- RFC-2119: the words shall be used so', '- T001: do it', '- CVE-2024-12345: must be mended', '- A plain item.', '', 'The word shall occurs here, in prose.',
    ].join('\n')), []);
    const { requirements, repeated } = requirementsOf([{ path: 'specs/a.md', text: '- REQ-A-01: one\n' }, { path: 'specs/b.md', text: '\n- REQ-A-01: two\n' }]);
    assert.deepEqual([requirements.map(({ text }) => text), repeated.map(({ id, file: at, line }) => [id, at, line])], [['one'], [['REQ-A-01', 'specs/b.md', 2]]]);
  });

  it('REQ-CONTEXT-21 reads ids in the forms that teams write', () => {
    const forms = ['- REQ-GATE-31: text', '* **NFR-2** text', '1. `US-3`: text', '- [ ] FR-001 – text', '- [FR-002] text', '**FR-003:** text', '- AUTH-012: The login must hold', '- FR-004 (P1): text', '- UC-1.2. text', '#### FR-9: text'];
    assert.deepEqual(forms.map((form) => of(form).map(({ id, text, priority }) => [id.replace('a/', ''), text, priority])), [
      [['REQ-GATE-31', 'text', null]], [['NFR-2', 'text', null]], [['US-3', 'text', null]], [['FR-001', 'text', null]], [['FR-002', 'text', null]], [['FR-003', 'text', null]], [['AUTH-012', 'The login must hold', null]],
      [['FR-004', 'text', 'P1']], [['UC-1.2', 'text', null]], [['FR-9', 'text', null]],
    ]);
  });

  it('reads whatever a file says: any text, each id once, lines that exist', () => {
    const piece = fc.constantFrom('# H', '### Requirement 1', '### User Story 2 - x (Priority: P1)', '- FR-001: x', 'Given a', 'When b', 'Then c', '| FR-2 | x |', '```', '<!--', '-->', '---', '**Acceptance Criteria:**', '- x shall', 'WHEN a THE b SHALL c', 'As a x, I want y', '', '1. x', '  - y', '| - |');
    fc.assert(fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 40 }), (lines) => {
      const { requirements } = requirementsOf([{ path: 'specs/p.md', text: lines.join('\n') }]);
      const count = lines.join('\n').split('\n').length;
      assert.equal(new Set(requirements.map(({ id }) => id)).size, requirements.length);
      assert.ok(requirements.every(({ line, text, parent }) => line >= 1 && line <= count && text.length <= 2_000 && (parent === null || requirements.some(({ id }) => id === parent))));
    }));
  });
});
