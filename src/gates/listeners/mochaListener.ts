/**
 * How mocha is heard: its Runner says `pass`, `fail`, `pending` and `end` as an EventEmitter (measured with mocha 12; the same since mocha 1).
 * Owns: this part of the listener's text (nodeListener.ts has the whole). Refuses: a run that `--bail` cut short as a whole one.
 */
export const mochaListener = String.raw`  const hearMocha = (runner) => {
    const titles = (test) => {
      if (typeof test.titlePath === 'function') return test.titlePath();
      return [typeof test.fullTitle === 'function' ? test.fullTitle() : String(test.title)];
    };
    const tell = (state) => (test, error) => {
      try {
        say({ k: 'test', state, path: titles(test).map(String), file: cut(test.file ?? (test.parent && test.parent.file), 2000), ...(state === 'failed' ? errorOf(error) : {}) });
      } catch {}
    };
    runner.on('pass', tell('passed')).on('fail', tell('failed')).on('pending', tell('skipped'));
    // Stopped at the first failure: what was left did not run, so the report is not whole.
    runner.on('end', () => { if (!(runner.failures > 0 && runner.suite.bail && runner.suite.bail())) say({ k: 'end', tests: 0 }); });
    say({ k: 'begin', runner: 'mocha', child: false, main: cut(process.argv[1], 2000) });
    letGo();
  };`;
