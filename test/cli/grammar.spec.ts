import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, it } from 'mocha';
import { runCommandLine } from '../../src/cli/commandLine.ts';
import { jsonSchemaOf } from '../../src/cli/documents.ts';

/** What a command prints and how it ends; nothing here needs a repository or an engine. */
async function treeline(...words: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const code = await runCommandLine(words, { environment: {}, directory: '/', programs: '/nowhere/dist', version: '1.2.3', stdin, stdout, stderr, onInterrupt: () => () => undefined });
  return { code, stdout: String(stdout.read() ?? ''), stderr: String(stderr.read() ?? '') };
}

const messageOf = async (...words: string[]): Promise<string> => (JSON.parse((await treeline(...words, '--json')).stdout) as { error: { message: string } }).error.message;

describe('the grammar of the command line', () => {
  it('REQ-CLI-01 takes the flags of every command before and after its name', async () => {
    const after = await treeline('schema', 'error', '--json', '--repo', '/x');
    assert.deepEqual(after, { code: 0, stdout: `${JSON.stringify(jsonSchemaOf('error'), null, 2)}\n`, stderr: '' });
    assert.deepEqual(await treeline('--json', '--repo', '/x', 'schema', 'error'), after);
  });

  it('REQ-CLI-04 never takes the next word for the kinds of --yes', async () => {
    assert.equal(await messageOf('run', '--yes', ' '), 'The request is empty');
    assert.equal(await messageOf('run', '--yes=plan,x', 'a'), '--yes: "x" is not one of plan, document, choice, review, merge, amendment');
    assert.equal(await messageOf('run', '--yes=', 'a'), '--yes: "" is not one of plan, document, choice, review, merge, amendment');
  });

  it('REQ-CLI-03 knows what belongs to later versions by name', async () => {
    const later = ['pause', 'resume', 'merge', 'queue', 'conflicts', 'init', 'clean', 'eval', 'serve', 'worker'];
    for (const words of [...later.map((name) => [name, '--any', 'thing']), ['agents', 'stats'], ['journal', 'replay', 't']]) {
      assert.equal(await messageOf(...words), `"treeline ${words[0] === 'agents' || words[0] === 'journal' ? words.slice(0, 2).join(' ') : words[0]}" is not in this version of Treeline`);
    }
    assert.equal(await messageOf('run', 'a', '--issue', 't'), '--issue is not in this version of Treeline');
    assert.equal(await messageOf('cancel', 't', 'step'), 'Cancelling a single step is not in this version of Treeline');
  });

  it('REQ-CLI-02 says of a missing, unknown or superfluous word which it is', async () => {
    assert.deepEqual(await treeline('--json'), { code: 2, stdout: '{"error":{"code":"usage","message":"No command was given","next":"See: treeline help, or treeline help COMMAND."}}\n', stderr: '' });
    assert.equal(await messageOf('lst'), 'Unknown command \'lst\' (Did you mean list?)');
    assert.match(await messageOf('list', 'extra'), /^Too many arguments/);
    assert.equal(await messageOf('run', 'a', '--after', 't', '--on', 'u'), '--after and --on were both given');
    assert.match(await messageOf('run', 'a', '--on', 't', '--base', 'main'), /^--on and --base were both given/);
    assert.equal(await messageOf('show'), 'Missing required argument \'task\'');
    assert.equal(await messageOf('watch', '--until', 'noon'), '--until noon is not known');
    assert.equal(await messageOf('schema', 'nosuch'), 'There is no document "nosuch"');
    assert.match(await messageOf('approve', 't', '--commit', 'main'), /"main" is no commit id/);
    assert.equal(await messageOf('quarantine', '--until', '2030-01-31'), 'Which test is not said');
    assert.equal(await messageOf('quarantine', 'a', '--until', '2030-01-31'), '--reason is missing');
    assert.equal(await messageOf('quarantine', 'a', '--reason', 'slow'), '--until is missing');
    assert.match(await messageOf('demo'), /sample repository is not at/);
  });

  it('prints help and version as answers', async () => {
    assert.deepEqual(await treeline('--version'), { code: 0, stdout: '1.2.3\n', stderr: '' });
    const help = await treeline('help', 'run');
    assert.deepEqual([help.code, help.stderr], [0, '']);
    assert.match(help.stdout, /^Usage: treeline run \[options\] <request>/);
    assert.match(help.stdout, /--after <task>[^]*--on <task>/);
    assert.doesNotMatch(help.stdout, /--issue/);
  });
});
