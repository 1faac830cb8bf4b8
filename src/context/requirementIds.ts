/**
 * Requirement ids in a text. Owns: what counts as one. Pure.
 * Source of the forms: EARS-like lines of this product's own specs (`REQ-GATE-03`), Spec Kit (`FR-001`, `NFR-2`, `SC-004`).
 */
const form = /\b(?:REQ(?:-[A-Z][A-Z0-9]*)+-\d+|(?:FR|NFR|SC|US|AC)-\d+)\b/g;

/** Each once, in the order of the text. */
export function requirementIds(text: string): readonly string[] {
  return [...new Set(text.match(form) ?? [])];
}
