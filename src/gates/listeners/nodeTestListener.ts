/**
 * How node:test is heard: its TestsStream says `test:start`, `test:pass`, `test:fail` (measured with Node 20 and 24).
 * Owns: this part of the listener's text (nodeListener.ts has the whole). A file's own process (`child`) says only how many tests it had.
 */
export const nodeTestListener = String.raw`  const hearNode = (stream) => {
    const stack = [];
    const errors = new Map();
    let tests = 0;
    const one = (type, data) => {
      const details = data.details ?? {};
      if (type === 'test:stderr' && typeof data.file === 'string') {
        const file = path.resolve(data.file);
        errors.set(file, ((errors.get(file) ?? '') + data.message).slice(-4000));
      } else if (type === 'test:start') {
        stack.length = data.nesting;
        if (data.nesting > 0 && stack[data.nesting - 1]) stack[data.nesting - 1].parent = true;
        stack[data.nesting] = { name: data.name, parent: false };
      } else if (type === 'test:pass' || type === 'test:fail') {
        const own = stack[data.nesting];
        const names = stack.slice(0, data.nesting).map((entry) => (entry ? entry.name : ''));
        const whole = data.nesting === 0 && typeof data.file === 'string' && path.resolve(data.name) === data.file;
        const failure = details.error && details.error.failureType;
        stack.length = data.nesting;
        const suite = details.type === 'suite' || (own !== undefined && own.parent);
        const ofChildren = failure === 'subtestsFailed';
        if ((suite || whole) && ofChildren) return;
        const skipped = data.skip !== undefined && data.skip !== false || data.todo !== undefined && data.todo !== false;
        if (suite && type === 'test:pass' && !skipped) return;
        tests += 1;
        if (child) return;
        const state = skipped ? 'skipped' : type === 'test:pass' ? 'passed' : 'failed';
        const error = state !== 'failed' ? {} : whole && errors.has(data.file) ? { message: errors.get(data.file) } : errorOf(details.error);
        say({ k: 'test', state, path: [...names, data.name], file: cut(data.file, 2000), line: data.line, whole, ...error });
      } else if (type === 'test:diagnostic' && data.nesting === 0 && /^duration_ms /.test(data.message)) {
        say({ k: 'end', tests });
      }
    };
    // On the class: tests that a filter leaves out speak through a stream of their own.
    Object.defineProperty(Object.getPrototypeOf(stream), 'emit', {
      configurable: true, writable: true, enumerable: false,
      value: function emit(type, ...rest) {
        if (typeof type === 'string' && type.startsWith('test:')) {
          try { one(type, rest[0]); } catch {}
        }
        return Reflect.apply(original, this, [type, ...rest]);
      },
    });
    say({ k: 'begin', runner: 'node-test', child, main: cut(process.argv[1], 2000) });
    // The runner's own process must still hand the listener to the processes of its test files.
    if (child || !process.execArgv.includes('--test')) letGo();
  };`;
