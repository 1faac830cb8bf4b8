import { formatTags } from './tags.js';

const titleWidth = 40;

/** One line for each bookmark: day, title, tags. */
export function renderList(shelf) {
  return shelf.map(({ added, title, tags }) => `${added}  ${shorten(title).padEnd(titleWidth)}  ${formatTags(tags)}`.trimEnd()).join('\n');
}

function shorten(title) {
  return title.length <= titleWidth ? title : `${title.slice(0, titleWidth - 1)}…`;
}
