/**
 * The listener that a gate's Python processes load (PYTHONPATH), so that pytest and unittest tell what ran without one argument, file or
 * setting of the project being changed. `sitecustomize`, which Python loads at its start and which lets the one it hides be loaded, waits for
 * one of them to be imported: pytest is given a plugin, unittest's TextTestRunner (Django's too) a result that listens. A Python that ignores
 * its environment (`-I`, `-E`) hears of nothing.
 * Owns: the texts of these modules. Refuses: to hold on: before a test runs they take themselves out of the environment and of `sys.path`, so
 * that processes of the suite, and a runner that the suite runs inside itself, are left alone.
 *
 * They write the lines that reports/listenerReport.ts reads (measured with pytest 7 and 9, Python 3.11). No `end`: an exit, an interruption,
 * or `-x` and `--failfast` after a failure.
 */
import { unittestListener } from './unittestListener.ts';

/** Module name of the plugin: the file beside `sitecustomize.py`. */
const plugin = 'treeline_listener';

const sitecustomize = String.raw`import os
import sys

_here = os.path.dirname(os.path.abspath(__file__))


class _Watch:
    def find_spec(self, name, path=None, target=None):
        if name == "_pytest.config":
            sys.meta_path.remove(self)
            wanted = [entry for entry in os.environ.get("PYTEST_PLUGINS", "").split(",") if entry]
            os.environ["PYTEST_PLUGINS"] = ",".join(wanted + ["${plugin}"])
        elif name == "unittest.runner":
            return _listening(name, path)
        return None


def _listening(name, path):
    from importlib.machinery import PathFinder

    spec = PathFinder.find_spec(name, path)
    if spec is None or spec.loader is None:
        return None
    execute = spec.loader.exec_module

    def exec_module(module):
        execute(module)
        try:
            import treeline_unittest

            treeline_unittest.listen(module)
        except Exception:
            pass

    spec.loader.exec_module = exec_module
    return spec


def _hidden():
    from importlib.machinery import PathFinder
    from importlib.util import module_from_spec

    spec = PathFinder.find_spec("sitecustomize", [entry for entry in sys.path if os.path.abspath(entry or ".") != _here])
    if spec is not None and spec.loader is not None:
        module = module_from_spec(spec)
        sys.modules["sitecustomize"] = module
        spec.loader.exec_module(module)


sys.meta_path.insert(0, _Watch())
_hidden()
`;

const pluginText = String.raw`import json
import os
import sys
import time

_here = os.path.dirname(os.path.abspath(__file__))


def _let_go():
    for name, separator, ours in (("PYTEST_PLUGINS", ",", "${plugin}"), ("PYTHONPATH", os.pathsep, _here), ("TOX_TESTENV_PASSENV", " ", "PYTHONPATH")):
        rest = [entry for entry in os.environ.get(name, "").split(separator) if entry and entry != ours]
        if rest:
            os.environ[name] = separator.join(rest)
        else:
            os.environ.pop(name, None)
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or ".") != _here]


_let_go()


class _Listener:
    def __init__(self, root):
        self.root = root
        self.file = None
        self.begun = False
        self.states = {}
        self.ran = 0
        self.unloadable = 0
        self.interrupted = False

    def say(self, line):
        try:
            if self.file is None:
                name = "run-%d-%d.jsonl" % (int(time.time() * 1000), os.getpid())
                self.file = os.open(os.path.join(_here, name), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            os.write(self.file, (json.dumps(line) + "\n").encode("utf-8", "replace"))
        except Exception:
            pass

    def begin(self):
        if not self.begun:
            self.begun = True
            self.say({"k": "begin", "runner": "pytest", "child": False, "main": str(sys.argv[0])[:2000]})

    def parts(self, nodeid):
        names, bracket, parameters = nodeid.partition("[")
        parts = names.split("::")
        parts[-1] += bracket + parameters
        return os.path.join(self.root, parts[0]), parts[1:]

    def failure(self, report):
        crash = getattr(report.longrepr, "reprcrash", None)
        text = str(getattr(report, "longreprtext", "") or report.longrepr or "")
        found = {"message": (text if crash is None else crash.message)[:4000]}
        location = getattr(report, "location", None)
        if crash is not None and os.path.abspath(os.path.join(self.root, crash.path)).startswith(self.root + os.sep) and "site-packages" not in crash.path:
            found["place"] = {"file": os.path.abspath(os.path.join(self.root, crash.path)), "line": crash.lineno}
        elif location and location[1] is not None:
            found["line"] = location[1] + 1
        return found

    def pytest_collection_finish(self, session):
        self.begin()

    def pytest_collectreport(self, report):
        if not report.failed:
            return
        self.begin()
        self.unloadable += 1
        file, names = self.parts(report.nodeid or "collection")
        self.say(dict({"k": "test", "state": "failed", "path": names or [file], "file": file, "whole": not names}, **self.failure(report)))

    def pytest_runtest_logreport(self, report):
        self.begin()
        if report.outcome == "rerun":
            self.states.pop(report.nodeid, None)
            return
        state, found = self.states.get(report.nodeid, (None, {}))
        if report.failed:
            if state != "failed":
                state, found = "failed", self.failure(report)
        elif report.skipped and state is None:
            state = "skipped"
        elif report.passed and report.when == "call" and state is None:
            state = "passed"
        self.states[report.nodeid] = (state, found)
        if report.when in ("setup", "call"):
            return
        del self.states[report.nodeid]
        self.ran += 1
        file, names = self.parts(report.nodeid)
        self.say(dict({"k": "test", "state": state or "passed", "path": names or [file], "file": file}, **found))

    def pytest_keyboard_interrupt(self, excinfo):
        self.interrupted = True

    def pytest_sessionfinish(self, session, exitstatus):
        stopped = self.interrupted or bool(getattr(session, "shouldfail", False)) or bool(getattr(session, "shouldstop", False))
        if self.begun and int(exitstatus) != 3 and (not stopped or (self.unloadable > 0 and self.ran == 0)):
            self.say({"k": "end", "tests": 0})


def pytest_configure(config):
    if not hasattr(config, "workerinput"):
        root = os.path.abspath(str(getattr(config, "rootpath", None) or config.rootdir))
        config.pluginmanager.register(_Listener(root), "treeline-listener")
`;

/** File names and texts: they lie together in the folder that PYTHONPATH names. */
export const pythonListener: Readonly<Record<string, string>> = { 'sitecustomize.py': sitecustomize, [`${plugin}.py`]: pluginText, 'treeline_unittest.py': unittestListener };
