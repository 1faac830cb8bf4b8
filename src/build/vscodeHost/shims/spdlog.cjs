/**
 * Stands in for the native @vscode/spdlog, which install scripts would have compiled: VS Code's log files, and with them
 * its output channels, which are views of log files. Without it the channels stay empty and errors flood stderr.
 *
 * Owns: appending lines, a level, one rotation. Refuses: patterns and asynchronous flushing, which nobody asks for.
 */
const { appendFileSync, mkdirSync, renameSync, rmSync, statSync } = require('node:fs');
const { dirname } = require('node:path');

const levels = ['trace', 'debug', 'info', 'warning', 'error', 'critical'];

class Logger {
  constructor(_type, _name, file, maxSize, maxFiles) {
    this.file = file;
    this.maxSize = maxSize;
    this.maxFiles = maxFiles;
    this.level = 2;
    this.raw = false;
    mkdirSync(dirname(file), { recursive: true });
    appendFileSync(file, '');
  }

  write(level, message) {
    if (level < this.level || !this.file) return;
    appendFileSync(this.file, this.raw ? message : `${localTime()} [${levels[level]}] ${message}\n`);
    if (this.maxSize > 0 && statSync(this.file).size > this.maxSize) this.rotate();
  }

  rotate() {
    if (this.maxFiles > 1) renameSync(this.file, this.file.replace(/(\.\w+)?$/, '.1$1'));
    else rmSync(this.file);
    appendFileSync(this.file, '');
  }

  getLevel() {
    return this.level;
  }

  setLevel(level) {
    this.level = level;
  }

  setPattern() {}

  clearFormatters() {
    this.raw = true;
  }

  flush() {}

  drop() {
    this.file = undefined;
  }
}

levels.forEach((name, level) => {
  Logger.prototype[name === 'warning' ? 'warn' : name] = function (message) {
    this.write(level, message);
  };
});

function localTime() {
  const now = Date.now();
  return new Date(now - new Date(now).getTimezoneOffset() * 60_000).toISOString().replace('T', ' ').slice(0, 23);
}

// One assignment each: VS Code imports these by name from an ES module, and Node finds the names only in this form.
exports.version = 0;
exports.Logger = Logger;
exports.setLevel = () => {};
exports.setFlushOn = () => {};
exports.createRotatingLogger = async (...settings) => new Logger('', ...settings);
exports.createAsyncRotatingLogger = async (...settings) => new Logger('', ...settings);
