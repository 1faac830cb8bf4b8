// What is wrong in a workflow file: for each kind of mistake the place, the words and the way out, as a person sees them.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { readWorkflow } from '../../src/workflows/readWorkflow.ts';

const head = 'name: X\ndescription: d\nsteps:\n';
/** `line:column code message | fix` of each mistake. The steps begin on line 4. */
function told(text: string, others: Readonly<Record<string, string>> = {}): readonly string[] {
  const read = readWorkflow(text, { resolve: (id) => others[id] ?? null, known: Object.keys(others), id: 'me' });
  return read.ok ? [] : read.refusal.map(({ line, column, code, message, fix }) => `${line}:${column} ${code} ${message} | ${fix}`);
}
const steps = (...lines: readonly string[]): string => `${head}${lines.map((line) => `  - ${line}\n`).join('')}`;

/** A step that looks, and one branch for each of its verdicts. The steps begin on line 4. */
const branches = (...lines: readonly string[]): string => steps('{ id: look, agent: planner, gives: result, outputs: { verdict: [bug, none] } }', '{ id: bug, run: x, needs: look, if: steps.look.outputs.verdict == \'bug\' }', '{ id: none, run: x, needs: look, if: steps.look.outputs.verdict != \'bug\' }', '{ id: other, run: x, needs: look }', ...lines);
/** With an input `i`. The steps begin on line 5. */
const input = (type: string, ...lines: readonly string[]): string => `name: X\ndescription: d\ninputs: { i: ${type} }\nsteps:\n${lines.map((line) => `  - ${line}\n`).join('')}`;

const tables: Readonly<Record<string, readonly (readonly [string, readonly string[]])[]>> = {
  'REQ-WORKFLOW-02 REQ-WORKFLOW-07 keys, words and types': [
    ['- a', ['1:1 schema a workflow file is a map of version, name, description, kind, instructions, zenflow, on, inputs, outputs, steps; this is a list | Begin with "name: …", or copy a workflow: treeline workflow new --from quick-change.']],
    ['nam: X\ndescription: d\nsteps: [{ id: a, gate: all }]\n', ['1:1 schema name is missing | Add "name: …".', '1:1 schema the key "nam" is not known here | Did you mean "name"?']],
    [steps('{ id: a, agent: planer }'), ['4:21 schema agent: "planer" is not one of planner, implementer, tester, reviewer, resolver | Did you mean "planner"?']],
    [steps('{ id: a, agnt: planner }'), ['4:14 schema "agnt" is nothing that a step does | Did you mean "agent"?']],
    [steps('{ id: a }'), ['4:5 schema the step "a" does not say what it does | Give it one of agent, gate, checkpoint, run, tool, use, merge.']],
    [steps('{ id: a, run: x, gate: all }'), ['4:14 schema the step "a" does gate and run, and a step does one thing | Make a step of each, the later one with "needs".']],
    [steps('{ id: A!, gate: all }'), ['4:11 schema id: expected small letters, digits and "-", beginning with a letter, at most 40, found "A!" | Write small letters, digits and "-", beginning with a letter, at most 40.']],
    [steps('{ id: a, gate: all, timeout: 5m }'), ['4:25 schema the key "timeout" is not known here | There are: id, title, needs, if, gate, tree, on-reject, continue-on-error.']],
    [steps('{ id: a, run: x, timeout: soon }'), ['4:31 schema timeout: expected a duration such as 10s, 5m or 2h, found "soon" | Write a duration such as 10s, 5m or 2h.']],
    [steps('{ id: a, gate: all, needs: { al: [b] } }'), ['4:34 schema needs: the key "al" is not known here | Did you mean "all"?']],
    [steps('{ id: a, agent: implementer, agents: gpt }'), ['4:42 schema agents: expected an agent such as anthropic:MODEL, openai:MODEL, compatible:NAME/MODEL, acp:NAME, vscode:FAMILY, preset:NAME or demo, found "gpt" | Write an agent such as anthropic:MODEL, openai:MODEL, compatible:NAME/MODEL, acp:NAME, vscode:FAMILY, preset:NAME or demo.']],
    [steps('{ id: a, run: x, retry: { times: 1, on: netwrk } }'), ['4:45 schema retry.on: "netwrk" is not one of any, key, auth, rate-limit, overloaded, network, context, refused, model, loop, idle, timeout, budget, tampered, unsupported-filter, workspace, disk-full, interrupted, command, tool, output | Did you mean "network"?']],
    ['version: 2\nname: X\ndescription: d\nsteps: [{ id: a, gate: all }]\n', ['1:10 schema this file says that it is of version 2, and this Treeline knows version 1 | Update Treeline, or take "version" out if it was not written for a later one.']],
    ['name: X\ndescription: d\ninputs: { a: { type: [x, y], default: z }, b: nmber }\non: { schedule: "0 26 * * 1" }\nsteps: [{ id: a, gate: all }]\n', [
      '3:47 schema inputs.b: "nmber" is not one of string, number, boolean, list, commit | Did you mean "number"?',
      '4:17 rule the schedule "0 26 * * 1" never comes: hour is "26", which is not between 0 and 23 | Write minute, hour, day of month, month and day of week, such as "0 6 * * 1-5".',
    ]],
    ['name: X\ndescription: d\ninputs: { a: { type: [x, y], default: z } }\nsteps: [{ id: a, gate: all }]\n', ['3:39 rule the default of the input "a" is "z", not one of x, y | Write one of x, y.']],
    ['name: X\n  bad: [\n', ['1:7 yaml Nested mappings are not allowed in compact mappings | Mend the YAML here; texts with ": ", "#" or a leading special sign belong in quotes.', '1:7 yaml Implicit keys need to be on a single line | Mend the YAML here; texts with ": ", "#" or a leading special sign belong in quotes.', '3:1 yaml Flow sequence in block collection must be sufficiently indented and end with a ] | Mend the YAML here; texts with ": ", "#" or a leading special sign belong in quotes.']],
  ],
  'REQ-WORKFLOW-03 steps that are not there, stand twice or wait for one another (case 6)': [
    [steps('{ id: plan, agent: planner }', '{ id: test, gate: all, needs: plna }'), ['5:35 reference "test" needs "plna", and no step is called that | Did you mean "plan"?']],
    [steps('{ id: a, gate: all, on-reject: b }'), ['4:36 reference "a" sends work back to "b", and no step is called that | There are: a.']],
    [steps('{ id: a, gate: all }', '{ id: a, gate: all }'), ['5:11 double there is another step "a" | Give each step its own id.']],
    [steps('{ id: a, gate: all, needs: c }', '{ id: b, gate: all, needs: a }', '{ id: c, gate: all, needs: [b] }'), ['4:32 circle these steps wait for one another, so none can begin: a → c → b → a | Take one of these needs out; to go back to an earlier step, use "on-reject" or "loop".']],
    [steps('{ id: a, agent: implementer }', '{ id: g, gate: all, needs: b, on-reject: a }', '{ id: m, merge: target, needs: g }'), ['5:32 reference "g" needs "b", and no step is called that | There are: a, g, m.']],
    [steps('{ id: a, run: x, needs: a }'), ['4:29 circle these steps wait for one another, so none can begin: a → a | Take "a" out of its own needs; to repeat a step, use "loop".']],
  ],
  'REQ-WORKFLOW-08 workflows that are used': [
    [steps('{ id: a, use: inwards }'), ['4:19 use there is no workflow "inwards" | Did you mean "inward"?']],
    [steps('{ id: a, use: round }'), ['4:19 use the workflow "round" that it uses has a mistake: line 4: the workflows use one another in a circle: me → round → me | Mend that file first: treeline workflow validate round.']],
    [steps('{ id: a, use: me }'), ['4:19 use the workflows use one another in a circle: me → me | Take one of these "use" steps out; to repeat steps, use "loop".']],
    [steps('{ id: a, use: d1 }'), ['4:19 use workflows use one another more than 5 levels deep, with "d1" here | Put some of their steps into the workflow that uses them.']],
    [steps('{ id: a, use: large }', '{ id: b, use: large }', '{ id: c, use: large }', '{ id: d, use: large }', '{ id: e, use: large }'), ['3:1 use with the workflows that it uses it has 2255 steps; there are at most 2000 | Use fewer, or smaller ones.']],
  ],
  'REQ-WORKFLOW-09 REQ-WORKFLOW-10 roles and what they do': [
    [steps('{ id: a, agent: planner, gives: tree }'), ['4:30 rule "a" lets a planner change files, and a planner never does | Use "agent: implementer", or let it give a document.']],
    [steps('{ id: a, agent: implementer, gives: plan }'), ['4:34 rule "a" wants a plan of an implementer | Use "agent: planner".']],
    [steps('{ id: a, agent: planner, gives: document }'), ['4:30 rule "a" gives a document without a name | Add "document: NAME.md".']],
    [steps('{ id: a, agent: planner, landing: gated }'), ['4:30 rule "a" says how changes land, and changes no file | Take "landing" out.']],
    [steps('{ id: a, agent: implementer, gives: result }'), ['4:34 rule "a" gives a result without saying of what | Add "outputs: { NAME: TYPE }".']],
    [steps('{ id: a, run: x, max-parallel: 2 }'), ['4:22 rule "a" limits how much of it runs at once, and runs once | Add "for-each", or take "max-parallel" out.']],
    [steps('{ id: a, run: x, timeout: 25h }'), ['4:22 rule "a" waits 25h; at most 24h are possible | Write at most 24h.']],
    [steps('{ id: a, run: x, for-each: { matrix: { n: [1,2,3,4,5,6,7,8,9,10], m: [1,2,3,4,5,6,7,8,9,10], k: [1,2,3] } } }'), ['4:22 rule "a" has a matrix of 300 combinations; there are at most 256 | Leave values out, or make two steps of it.']],
  ],
  'REQ-WORKFLOW-09 plans, documents, choices and work sent back': [
    [steps('{ id: a, agent: implementer, for-each: plan.subtasks }'), ['4:44 reference "a" runs for each subtask of "plan", and no step is called that | Add a step "agent: planner" before it.']],
    [steps('{ id: plan, agent: planner }', '{ id: a, agent: implementer, for-each: plan.subtasks }'), ['5:44 rule "a" does not wait for the plan "plan" | Add "plan", or the checkpoint of it, to its needs.']],
    [steps('{ id: a, agent: planner, document: x.md }', '{ id: b, agent: planner, document: x.md, needs: a }'), ['5:40 double "b" and "a" both write the document "x.md" | Give each its own name; to write it anew, use "on-reject" or "loop".']],
    [steps('{ id: a, agent: planner, document: x.md }', '{ id: b, agent: implementer, reads: [x.md, z.md] }'), ['5:42 rule "b" reads "x.md" without waiting for "a", which writes it | Add "a" to its needs.', '5:48 reference "b" reads the document "z.md", which no step writes | Did you mean "x.md"?']],
    [steps('{ id: a, agent: implementer, landing: choice }'), ['4:43 rule "a" makes candidates to choose from, and no checkpoint chooses | Add a step "checkpoint: choice" with "of: a" and "needs: a".']],
    [steps('{ id: a, agent: implementer }', '{ id: b, checkpoint: choice, needs: a }'), ['5:26 rule "b" has nothing to decide about: no step before it has "landing: choice" | Give it a need of a step that has "landing: choice".']],
    [steps('{ id: a, agent: planner }', '{ id: b, gate: all, needs: a, on-reject: a }'), ['5:46 rule "b" judges changed files and sends them back to "a", which changes none | Name the agent step that changes them.']],
    [steps('{ id: a, agent: implementer }', '{ id: b, gate: all, on-reject: a }'), ['5:36 rule "b" sends work back to "a", which does not come before it | Add "a" to its needs, or name a step before it.']],
  ],
  'REQ-WORKFLOW-11 expressions, at the character': [
    ['name: X\ndescription: d\ninputs: { area: string }\nsteps:\n  - { id: a, run: x, if: "inputs.aera == \'b\'" }\n', ['5:27 expression there is no input "aera"; there is area | Did you mean "area"?']],
    [steps('{ id: a, run: x, if: "1 +" }'), ['4:29 expression "+" is no part of an expression | See "Expressions" in the documentation of workflows.']],
    [steps('{ id: a, run: x, if: "${{ length(3) }}" }'), ['4:31 expression a boolean is needed here, this is a number | Compare it with something ("==", ">", empty(…)), or take another value.', '4:38 expression length() looks at text or a list, not at a number | See "Expressions" in the documentation of workflows.']],
    [steps('{ id: a, agent: reviewer }', '{ id: b, run: x, needs: a, if: steps.a.outputs.verdict == \'aprove\' }'), ["5:63 expression it is never 'aprove'; it is one of approve, changes | Compare with one of approve, changes."]],
    [steps('{ id: a, run: x }', '{ id: b, run: x, if: steps.a.outputs.exit == 0 }'), ['5:26 expression no step before this one is called "a" | Add "a" to the needs of this step: it can only look at what comes before it.']],
    [steps('{ id: a, run: x, env: { A: src } }'), ['4:32 expression "src" is nothing here; there are inputs, steps, matrix, task, round, and text in quotes | A fixed text has quotes of its own: \'src\'.']],
    [`${head}  - id: a\n    agent: implementer\n    prompt: |\n      One\n\n      two \${{ task.titel }}\n`, ['9:15 expression a task has no "titel"; it has id, request and title | See "Expressions" in the documentation of workflows.']],
    [`name: X\ndescription: d\ninstructions: "Be \${{ kind }}"\nsteps:\n  - { id: a, agent: implementer, prompt: "x \${{ matrix.a }}" }\n`, ['3:23 expression "kind" is nothing here; there are inputs, steps, matrix, task, round, and text in quotes | A fixed text has quotes of its own: \'kind\'.']],
    [steps('{ id: a, use: asking, with: { n: "\'x\'", who: 1 } }', '{ id: b, use: asking, with: { nn: 1 } }'), [
      '4:39 expression n: a number is needed here, this is a string | The workflow "asking" asks for a number here.', '4:45 reference the workflow "asking" has no input "who" | It has n, m.',
      '5:19 reference the workflow "asking" needs the input "n" | Add "with: { n: … }".', '5:35 reference the workflow "asking" has no input "nn" | Did you mean "n"?',
    ]],
    [steps('{ id: a, agent: planer, outputs: { x: string } }', '{ id: b, run: x, needs: a, if: steps.a.outputs.x == \'1\' }'), ['4:21 schema agent: "planer" is not one of planner, implementer, tester, reviewer, resolver | Did you mean "planner"?']],
  ],
  'REQ-WORKFLOW-12 steps that can never begin': [
    [steps('{ id: a, run: x, if: false }'), ['4:26 never "a" can never begin: its condition never holds | Change the condition, or take the step out.']],
    [steps('{ id: a, run: x, if: 1 > 2 || empty(\'x\') }', '{ id: b, run: x, needs: a }', '{ id: c, run: x, needs: { any: [b] } }'), [
      '4:26 never "a" can never begin: its condition never holds | Change the condition, or take the step out.', '5:29 unreachable "b" can never begin: "a" never does | Mend "a", or let this step need something else.',
      '6:29 unreachable "c" can never begin: "b" never does | Mend "b", or let this step need something else.',
    ]],
    [branches('{ id: z, run: x, needs: [bug, none] }'), ['8:29 never "z" can never begin: "bug" and "none" never all succeed in one run | They exclude one another: write "needs: { any: [bug, none] }".']],
    [branches('{ id: z, run: x, needs: { any: [bug, none] } }', '{ id: y, run: x, needs: { settled: [bug, none] } }', '{ id: w, run: x, needs: [bug, none], if: always() }'), []],
    [branches('{ id: z, run: x, needs: bug, if: steps.look.outputs.verdict == \'none\' }'), ['8:38 never "z" can never begin: its condition never holds | Change the condition, or take the step out.']],
    [branches('{ id: z, run: x, needs: { settled: [bug] }, if: steps.bug.outcome == \'skipped\' }'), []],
    [input('string', '{ id: a, run: x, if: inputs.i == \'a\' }', '{ id: b, run: x, if: inputs.i == \'b\' }', '{ id: c, run: x, needs: [a, b] }'), ['7:29 never "c" can never begin: "a" and "b" never all succeed in one run | They exclude one another: write "needs: { any: [a, b] }".']],
    [input('string', '{ id: a, run: x, if: "inputs.i == \'a\' || empty(inputs.i)" }', '{ id: b, run: x, if: "inputs.i != \'a\'" }', '{ id: c, run: x, needs: [a, b] }'), []],
    [input('number', '{ id: a, run: x, if: inputs.i == 0 }', '{ id: b, run: x, if: inputs.i > 0 }', '{ id: c, run: x, needs: { any: [a, b] } }'), []],
    [input('boolean', '{ id: a, run: x, if: inputs.i }', '{ id: b, run: x, if: "!inputs.i" }', '{ id: c, run: x, needs: [a, b] }'), ['7:29 never "c" can never begin: "a" and "b" never all succeed in one run | They exclude one another: write "needs: { any: [a, b] }".']],
  ],
  'REQ-WORKFLOW-09 REQ-FLOW-15 a merge that nothing has proven': [
    [steps('{ id: a, agent: implementer }', '{ id: m, merge: target, needs: a }'), ['5:21 rule "m" merges, and no gate is sure to have judged the merged tree before | Add a step "gate: all" before it, and let the merge (or the checkpoint before it) need that.']],
    [steps('{ id: a, agent: implementer }', '{ id: g, gate: all, tree: task, needs: a }', '{ id: m, merge: target, needs: g }'), ['6:21 rule "m" merges, and no gate is sure to have judged the merged tree before | Add a step "gate: all" before it, and let the merge (or the checkpoint before it) need that.']],
    [steps('{ id: a, agent: implementer }', '{ id: g, gate: all, needs: a }', '{ id: m, merge: target, needs: { any: [a, g] } }'), ['6:21 rule "m" merges, and no gate is sure to have judged the merged tree before | Add a step "gate: all" before it, and let the merge (or the checkpoint before it) need that.']],
    [steps('{ id: a, agent: implementer }', '{ id: g, gate: all, needs: a }', '{ id: b, agent: implementer, needs: g }', '{ id: m, merge: target, needs: b }'), ['7:21 rule "m" merges what "b" changed after the last gate | Let the gate need "b".']],
  ],
};

const chain = (next: string): string => steps(`{ id: a, use: ${next} }`);
const others: Readonly<Record<string, string>> = {
  inward: steps('{ id: a, run: x }'), round: steps('{ id: a, use: me }'), me: steps('{ id: a, use: round }'), d1: chain('d2'), d2: chain('d3'), d3: chain('d4'), d4: chain('d5'), d5: steps('{ id: a, run: x }'),
  asking: 'name: X\ndescription: d\ninputs: { n: number, m: { type: string, default: "it\'s" } }\nsteps: [{ id: a, run: x, env: { N: inputs.n, M: inputs.m } }]\n',
  large: steps(...Array.from({ length: 450 }, (_, n) => `{ id: s${n}, run: x }`)),
};

describe('mistakes in workflow files', () => {
  for (const [what, rows] of Object.entries(tables)) {
    it(what, () => {
      assert.deepEqual(rows.map(([text]) => told(text, others)), rows.map(([, expected]) => expected));
    });
  }

  it('REQ-WORKFLOW-02 all at once, in the order of the file', () => {
    const found = told(steps('{ id: plan, agent: planer }', '{ id: a, agent: implementer, needs: [plan, nosuch], for-each: plna.subtasks }', '{ id: m, merge: target }'));
    assert.deepEqual(found.map((line) => line.split(' ').slice(0, 2).join(' ')), ['4:24 schema', '5:48 reference', '5:67 reference', '6:21 rule']);
  });
});
