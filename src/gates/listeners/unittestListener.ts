/**
 * How unittest is heard: every runner of it (`python -m unittest`, Django's `manage.py test`) runs by TextTestRunner and tells its result, test
 * by test. The result is given listening methods for one run.
 * Owns: this module's text (pythonListener.ts says when it is loaded). A module that cannot be imported is one failed test named after it;
 * a failed subtest fails its test; an expected failure is skipped, an unexpected success failed.
 */
export const unittestListener = String.raw`import json
import os
import sys
import time

_here = os.path.dirname(os.path.abspath(__file__))
_busy = False
_file = None


def _let_go():
    rest = [entry for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry and entry != _here]
    if rest:
        os.environ["PYTHONPATH"] = os.pathsep.join(rest)
    else:
        os.environ.pop("PYTHONPATH", None)
    os.environ.pop("TOX_TESTENV_PASSENV", None)
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or ".") != _here]


def _say(line):
    global _file
    try:
        if _file is None:
            name = "run-%d-%d.jsonl" % (int(time.time() * 1000), os.getpid())
            _file = os.open(os.path.join(_here, name), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(_file, (json.dumps(line) + "\n").encode("utf-8", "replace"))
    except Exception:
        pass


def _place(test, error):
    names = str(test.id()).split(".")
    module = sys.modules.get(type(test).__module__)
    if type(test).__name__ in ("_FailedTest", "ModuleImportFailure"):
        return {"path": [names[-1]], "whole": True}
    if type(test).__name__ == "_ErrorHolder":
        return {"path": [str(test.id())]}
    found = {"path": names[len(type(test).__module__.split(".")):] or names}
    file = getattr(module, "__file__", None)
    if file:
        found["file"] = os.path.abspath(file)
    trace = error[2] if error else None
    while trace is not None:
        if file and os.path.abspath(trace.tb_frame.f_code.co_filename) == os.path.abspath(file):
            found["place"] = {"file": os.path.abspath(file), "line": trace.tb_lineno}
        trace = trace.tb_next
    return found


def _attach(result):
    states = {}

    def tell(test, state, error=None):
        line = {"k": "test", "state": state}
        line.update(_place(test, error))
        if error is not None and state == "failed":
            line["message"] = ("%s: %s" % (error[0].__name__, error[1]))[:4000]
        _say(line)

    def note(test, state, error=None):
        if type(test).__name__ == "_ErrorHolder":
            tell(test, state, error)
        elif states.get(id(test), ("", None))[0] != "failed":
            states[id(test)] = (state, error)

    def hear(name, state):
        own = getattr(result, name)

        def heard(test, *rest):
            try:
                note(test, state, rest[0] if rest and isinstance(rest[0], tuple) else None)
            except Exception:
                pass
            return own(test, *rest)

        setattr(result, name, heard)

    for name, state in (("addSuccess", "passed"), ("addFailure", "failed"), ("addError", "failed"), ("addSkip", "skipped"), ("addExpectedFailure", "skipped"), ("addUnexpectedSuccess", "failed")):
        if hasattr(result, name):
            hear(name, state)
    own_sub = getattr(result, "addSubTest", None)
    own_stop = result.stopTest

    def add_sub(test, subtest, error):
        if error is not None:
            note(test, "failed", error)
        return own_sub(test, subtest, error)

    def stop(test):
        try:
            state, error = states.pop(id(test), ("passed", None))
            tell(test, state, error)
        except Exception:
            pass
        return own_stop(test)

    if own_sub is not None:
        result.addSubTest = add_sub
    result.stopTest = stop


def listen(module):
    own = module.TextTestRunner.run

    def run(self, test):
        global _busy
        if _busy or "treeline_listener" in sys.modules:
            return own(self, test)
        _busy = True
        try:
            _let_go()
            _say({"k": "begin", "runner": "unittest", "child": False, "main": str(sys.argv[0])[:2000]})
            make = self._makeResult

            def made():
                result = make()
                try:
                    _attach(result)
                except Exception:
                    pass
                return result

            self._makeResult = made
            result = own(self, test)
            if not getattr(result, "shouldStop", False):
                _say({"k": "end", "tests": 0})
            return result
        finally:
            _busy = False

    module.TextTestRunner.run = run
`;
