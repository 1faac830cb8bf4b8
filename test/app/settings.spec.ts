/** specs/engine-process.md REQ-SET-01. */
import assert from 'node:assert/strict';
import { parseSettings } from '../../src/app/settings.ts';

const settings = (text: string) => {
  const parsed = parseSettings(text);
  return 'settings' in parsed ? parsed.settings : parsed.mistakes;
};
const defaults = {
  'sandbox.mode': 'prefer', 'budget.maxUsdPerTask': 5, 'budget.maxMinutesPerTask': null, 'budget.maxMinutesPerStep': 30, 'run.maxParallelAgents': 3, 'run.followLoad': true, 'run.maxPerProvider': {}, 'run.maxWaitingReviews': 5,
  'context.neverSend': [], 'context.maxTokens': 40_000, 'context.mapTokens': 3_000, 'triggers.keepEngine': false, 'checkpoints.policy': 'always', 'workflow.default': 'spec-and-build', 'agents.endpoints': {}, 'mcp.servers': {}, 'agents.prices': {}, 'agents.presets': {},
};

describe('settings', () => {
  it('REQ-SET-01 has defaults for everything', () => {
    assert.deepEqual(settings(''), defaults);
    assert.deepEqual(settings('# nothing\n'), defaults);
  });

  it('REQ-SET-01 takes keys nested, with dots, and with the name in front; 0 is no limit', () => {
    const expected = { ...defaults, 'sandbox.mode': 'required', 'budget.maxUsdPerTask': null, 'run.maxParallelAgents': 2, 'agents.reviewer': ['openai:a', 'anthropic:b'], 'agents.endpoints': { ollama: 'http://127.0.0.1:11434/v1' } };
    assert.deepEqual(settings('sandbox:\n  mode: required\nbudget.maxUsdPerTask: 0\ntreeline.run.maxParallelAgents: 2\nagents:\n  reviewer: openai:a, anthropic:b\n  endpoints: { ollama: "http://127.0.0.1:11434/v1" }\n'), expected);
  });

  it('REQ-CONTEXT-15 refuses a pattern of what is never sent that is not understood, or would take something away', () => {
    assert.deepEqual((settings('context:\n  neverSend: ["infra/**"]\n') as typeof defaults)['context.neverSend'], ['infra/**']);
    assert.deepEqual(settings('context:\n  neverSend: ["ok", "!.env", "+(x)"]\n'), [
      'line 2: context.neverSend.1: "!.env": what is never sent can only be added to, not taken away from', 'line 2: context.neverSend.2: "+(x)": patterns such as +(…) are not understood',
    ]);
  });

  it('REQ-AGENT-32 takes prices of models, with and without what the cache costs', () => {
    assert.deepEqual((settings('agents:\n  prices:\n    compatible:ollama: { input: 0, output: 0 }\n    "openai:my-model-4.5": { input: 3, output: 12, cached: 0.3 }\n') as typeof defaults)['agents.prices'], {
      'compatible:ollama': { input: 0, output: 0, cached: 0, written: 0 }, 'openai:my-model-4.5': { input: 3, output: 12, cached: 0.3, written: 3 },
    });
    assert.match((settings('agents.prices:\n  x: { input: -1 }\n') as string[]).join(' | '), /^line 2: agents\.prices\.x\.input: .* \| line 2: agents\.prices\.x\.output: /);
  });

  it('REQ-SET-02 takes a chain for each role and for each preset', () => {
    const taken = settings('agents:\n  tester: openai:t\n  resolver: [anthropic:r, openai:r]\n  presets:\n    opus-planner: "anthropic:big, openai:big"\n    fast: compatible:ollama/small\n') as unknown as Record<string, unknown>;
    assert.deepEqual(['agents.tester', 'agents.resolver', 'agents.presets'].map((key) => taken[key]), [['openai:t'], ['anthropic:r', 'openai:r'], { 'opus-planner': ['anthropic:big', 'openai:big'], fast: ['compatible:ollama/small'] }]);
    assert.match((settings('agents.presets:\n  none: ""\n') as string[]).join(), /^line 2: agents\.presets\.none: names no agent/);
  });

  it('REQ-TOOL-02 takes tool servers with the names of variables, and no value, shell or unknown key', () => {
    const servers = 'mcp:\n  servers:\n    tracker: { command: npx, args: ["-y", "x"], env: [TRACKER_TOKEN] }\n    search: { url: "https://mcp.example.com/mcp", headers: { Authorization: SEARCH_AUTH } }\n';
    assert.deepEqual((settings(servers) as typeof defaults)['mcp.servers'], { tracker: { command: 'npx', args: ['-y', 'x'], env: ['TRACKER_TOKEN'] }, search: { url: 'https://mcp.example.com/mcp', headers: { Authorization: 'SEARCH_AUTH' } } });
    for (const wrong of ['{ command: x, env: { TOKEN: secret } }', '{ url: "file:///x" }', '{ url: "https://x", headers: { Authorization: "Bearer abc" } }', '{ command: x, shell: true }']) {
      assert.match((settings(`mcp.servers:\n  tracker: ${wrong}\n`) as string[])[0] ?? '', /^line 2: mcp\.servers\.tracker/);
    }
  });

  it('REQ-SET-01 names every mistake with its line', () => {
    assert.deepEqual((settings('sandbox:\n  mode: sometimes\nrun.maxParallelAgents: 99\nfancy:\n  thing: 1\n') as string[]).map((mistake) => mistake.slice(0, 26)),
      ['line 2: sandbox.mode: Inva', 'line 3: run.maxParallelAge', 'line 5: there is no settin']);
    assert.match((settings('a: [1\nb: 2') as string[])[0] ?? '', /^line \d/);
    assert.match((settings('- a') as string[])[0] ?? '', /^line 1/);
    assert.match((settings('sandbox.mode: off\nsandbox.mode: off') as string[])[0] ?? '', /^line 2/);
  });
});
