/**
 * Text of models, repositories and processes, made safe to store and to show (I14).
 * Owns: what is taken out: escape sequences, controls, and what hides or reorders the text around it. Refuses: to judge what the text says.
 */

/** Whole escape sequences (colours, titles, links), so that no half of one stays behind as text. */
const sequences = /\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]P_^X][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -/]*[0-~])|\u009b[0-?]*[ -/]*[@-~]/g;
const unseen = /(?![\t\n])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\u115f\u1160\u3164\uffa0]/gu;

/** Keeps tabs and line ends; a carriage return before a line feed goes, one elsewhere begins a new line. */
export function plainText(text: string): string {
  return text.replace(sequences, '').replace(/\r\n?/g, '\n').replace(unseen, '');
}
