/**
 * Requirement ids in a text: what counts as one, and where it names a requirement rather than refers to it. Pure.
 * Source of the forms: this product's own specs (`REQ-GATE-03`), Spec Kit (`FR-001`, `SC-004`, user stories), and what teams write beside these (`NFR-2`, `AUTH-012`).
 */

const own = 'REQ(?:-[A-Z][A-Z0-9]*)+-\\d+[a-z]?';
const usual = '(?:FR|NFR|SC|US|AC|BR|UC|UR|SR|TR|REQ|R)-\\d{1,5}(?:\\.\\d{1,3})*[a-z]?';
const other = '[A-Z][A-Z0-9]{1,11}(?:-[A-Z][A-Z0-9]{0,11}){0,3}-\\d{1,5}';
const anyId = `(?:${own}|${usual}|${other})`;

const atStart = new RegExp(`^[\`([]{0,2}(${anyId})[\`)\\]]{0,2}\\s*(?:\\((?:[Pp]riority:\\s*)?(P\\d)\\)\\s*)?(\\s*[:|–—]|[.](?=\\s)|\\s+-(?=\\s)|\\s)\\s*(\\S.*)$`);
const atEnd = new RegExp(`[[(]\\s*((?:${own}|(?:N?FR)-\\d{1,5}))\\s*[\\])]\\s*\\.?$`);
const exactOwn = new RegExp(`^${own}$`);
const exactUsual = new RegExp(`^(?:${own}|${usual})$`);
/** Looks like an id and is a standard, a weakness, a Spec Kit task. */
const noRequirement = /^(RFC|CVE|CWE|ISO|IEC|IEEE|UTF|SHA|AES|ADR|PR|GH|HTTP|TLS|RSA|T|EC|COVID|GPT|MD|NIST|OWASP|PEP)-/;
const says = /\b(shall|must|should|will)\b/i;

/** It means the same wherever it stands: an area is part of it. Others are numbered anew in every file. */
export function isGlobalId(id: string): boolean {
  return exactOwn.test(id);
}

export interface NamedText { readonly id: string; readonly priority: string | null; readonly text: string }

/**
 * The id that a text begins with, and what is said under it. `loose`: in a list, a table or a heading no mark needs to follow the id.
 * Null: none, or one that is only referred to ("FR-001, FR-002: see above").
 */
export function namedAtStart(text: string, loose: boolean): NamedText | null {
  const found = atStart.exec(text);
  const [, id = '', priority, mark = '', rest = ''] = found ?? [];
  if (!found || /^[,/&+]|^(and|to|or|through|bis)\s/i.test(rest) || (mark.trim() === '' && !loose)) return null;
  if (!exactUsual.test(id) && (noRequirement.test(id) || !says.test(rest))) return null;
  return { id, priority: priority ?? null, text: rest };
}

/** `… shall answer. (REQ-WEB-01)` */
export function namedAtEnd(text: string): NamedText | null {
  const found = atEnd.exec(text);
  return found ? { id: found[1] ?? '', priority: null, text: text.slice(0, found.index).trim() } : null;
}

/** A heading as a part of an id: small letters, digits and "-", at most 40. */
export function slugOf(text: string): string {
  const slug = text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-+|-+$/g, '').slice(0, 40).replace(/-+$/, '');
  return slug === '' ? 'text' : slug;
}
