import { parseTags } from './tags.js';

/**
 * A bookmark is { url, title, tags: string[], added: 'YYYY-MM-DD' }; a shelf is an array of them, newest first.
 * Gives a new shelf; the given one stays as it is.
 */
export function addBookmark(shelf, { url, title, tags = '', added }) {
  if (!/^https?:\/\//i.test(url)) throw new RangeError(`"${url}" is no address that starts with http:// or https://`);
  const bookmark = { url, title: title.trim() || url, tags: parseTags(tags), added };
  return [bookmark, ...shelf.filter((other) => other.url !== url)];
}

/** The bookmarks that have the tag; all of them when no tag is given. */
export function withTag(shelf, tag) {
  if (tag === undefined) return shelf;
  const [wanted] = parseTags(tag);
  return shelf.filter((bookmark) => bookmark.tags.includes(wanted));
}
