import { renderList } from './list.js';
import { withTag } from './shelf.js';
import { countTags } from './tags.js';

const commands = {
  list: (shelf, { tag }) => renderList(withTag(shelf, tag)),

  tags: (shelf) => countTags(shelf).map(([tag, count]) => `${count} ${tag}`).join('\n'),
};

/** What a call of `shelf` prints, and its exit code. `args` are the words after `shelf`. */
export function run(args, shelf) {
  const [name, ...rest] = args;
  if (!Object.hasOwn(commands, name ?? '')) {
    return { code: 2, output: `usage: shelf ${Object.keys(commands).join('|')} [--tag TAG]` };
  }
  const at = rest.indexOf('--tag');
  return { code: 0, output: commands[name](shelf, { tag: at < 0 ? undefined : rest[at + 1] ?? '' }) };
}
