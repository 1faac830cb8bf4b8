/**
 * The page of the graph panel, as text. Pure. Owns: its frame and its content security policy. Refuses: any text of a run in the
 * markup: facts come as messages, and the page makes text nodes of them.
 */
import type { GraphWord } from '../../protocol/graph.ts';
import { t } from '../words.ts';

/** By it the editor knows whose a panel is that it kept over a reload. */
export const graphViewType = 'treeline.graph';

/** `nonce`: fresh for each page. `source`: the editor's own origin for a panel's files (`webview.cspSource`). */
export function graphPage({ nonce, source, script, style, language }: { readonly nonce: string; readonly source: string; readonly script: string; readonly style: string; readonly language: string }): string {
  const button = (attribute: string, word: string): string => `<button type="button" ${attribute} data-word="${word}"></button>`;
  return `<!DOCTYPE html>
<html lang="${language.replaceAll(/[^\w-]/g, '')}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${source}; script-src 'nonce-${nonce}'">
<link rel="stylesheet" href="${style}">
<title>Treeline</title>
</head>
<body>
<header>
<h1 id="title"></h1><span id="subtitle"></span>
<nav id="actions"></nav><nav>${button('data-mode="graph" aria-pressed="true"', 'graph')}${button('data-mode="table" aria-pressed="false"', 'table')}${button('data-zoom="fit"', 'fit')}${button('data-zoom="out"', 'out')}${button('data-zoom="in"', 'in')}</nav>
</header>
<main id="stage" tabindex="-1"></main>
<footer data-word="help"></footer>
<div id="speech" class="unseen" role="status" aria-live="polite"></div>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>`;
}

/** The page's own words in the person's language. */
export function wordsOfPage(): Record<string, string> {
  const spoken: Record<GraphWord, string> = {
    drawn: '', wrong: t('mistake'),
    pending: t('pending'), ready: t('ready'), working: t('working'), gating: t('testing'), landing: t('merging'), waiting: t('needs you'), done: t('done'), skipped: t('skipped'), failed: t('failed'),
    step: t('Step'), kind: t('Kind'), state: t('State'), agent: t('Agent'), attempts: t('Attempts'), time: t('Time'), cost: t('Cost'), detail: t('What it does or waits for'),
    graph: t('Graph'), table: t('Table'), fit: t('Fit'), in: t('Zoom In'), out: t('Zoom Out'), help: t('Arrows move, Enter opens, L opens the log'), attempt: t('attempt {0}', '{0}'), nothing: t('Nothing to show yet.'), changed: t('{0}: {1}', '{0}', '{1}'),
  };
  return spoken;
}
