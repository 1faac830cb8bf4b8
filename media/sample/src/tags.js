/** 'CSS, web css' → ['css', 'web'] */
export function parseTags(text) {
  const words = text.toLowerCase().split(/[\s,#]+/).filter(Boolean);
  return [...new Set(words)].sort();
}

/** ['css', 'web'] → '#css #web' */
export function formatTags(tags) {
  return tags.map((tag) => `#${tag}`).join(' ');
}

/** How often each tag is used: [['web', 2], ['css', 1]] */
export function countTags(shelf) {
  const counts = new Map();
  for (const tag of shelf.flatMap((bookmark) => bookmark.tags)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts].sort(([left, many], [right, more]) => more - many || left.localeCompare(right));
}
