import assert from 'node:assert/strict';
import { bytesOf, gitEnvironment, line, records } from '../../src/git/runGit.ts';

const output = (text: string) => ({ code: 0, stdout: Buffer.from(text), stderr: '', cut: false });

describe('what git is told and what it says', () => {
  it('REQ-GIT-28 of the environment it gets where programs, the person\'s configuration and temporary files are, as they are, and nothing that is not set', () => {
    const inherited = { PATH: '/bin', HOME: '/h', XDG_CONFIG_HOME: '/x', TMPDIR: '', USERPROFILE: 'u', GIT_DIR: '/evil', GIT_PAGER: 'evil', LC_ALL: 'de', EDITOR: 'evil' };
    const passedOn = Object.fromEntries(Object.entries(gitEnvironment(inherited)).filter(([name]) => !(name in gitEnvironment({}))));
    assert.deepEqual(passedOn, { PATH: '/bin', HOME: '/h', XDG_CONFIG_HOME: '/x', TMPDIR: '', USERPROFILE: 'u' });
  });

  it('REQ-GIT-08 it asks nobody, opens no pager and no editor, fetches nothing, speaks English, takes no lock and no replaced object for granted, and names as names', () => {
    assert.deepEqual(gitEnvironment({}), {
      GIT_TERMINAL_PROMPT: '0', GIT_ASKPASS: '', SSH_ASKPASS: '', GIT_PAGER: 'cat', GIT_EDITOR: 'true', GIT_SEQUENCE_EDITOR: 'true', GIT_ALLOW_PROTOCOL: '', GIT_NO_LAZY_FETCH: '1',
      LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0', GIT_NO_REPLACE_OBJECTS: '1', GIT_LITERAL_PATHSPECS: '1',
    });
  });

  it('REQ-GIT-35 a line is given without the one end that it has', () => {
    assert.deepEqual(['a b\n', 'a\r\n', 'a', 'a\n\n', 'a\nb\n', 'é\n', ' a \n', ''].map((text) => line(output(text))), ['a b', 'a', 'a', 'a\n', 'a\nb', 'é', ' a ', '']);
  });

  it('REQ-GIT-35 names come and go byte by byte, an empty one in the middle too', () => {
    const bytes = Buffer.from('a\n\0\0\xff\xc3\xa9\0', 'latin1');
    assert.deepEqual(records(bytes), ['a\n', '', '\xff\xc3\xa9']);
    assert.deepEqual(Buffer.from(bytesOf(records(bytes))), bytes);
    assert.deepEqual([records(Buffer.from('a\0b')), records(Buffer.alloc(0)), bytesOf([]).length], [['a', 'b'], [], 0]);
  });
});
