import assert from 'node:assert/strict';
import { confinedEnvironment, environmentDigest } from '../../src/sandbox/environment.ts';

const request = { network: false, walls: true, windows: false, marker: 'm', added: {} };

describe('the environment of confined processes (specs/sandbox.md)', () => {
  it('REQ-WALL-05: keys, agent sockets, editor and git variables, and what changes how Node or bash start stay out', () => {
    const user = {
      PATH: '/usr/bin', ANTHROPIC_API_KEY: 'k', OPENAI_API_KEY: 'k', AWS_SECRET_ACCESS_KEY: 'k', NPM_TOKEN: 'k', SSH_AUTH_SOCK: '/s', DBUS_SESSION_BUS_ADDRESS: 'x',
      DOCKER_HOST: 'x', VSCODE_IPC_HOOK_CLI: '/s', ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: '--require x', NODE_PATH: '/x', GIT_DIR: '/x', GIT_CONFIG_COUNT: '1',
      BASH_ENV: '/x', ENV: '/x', LD_PRELOAD: '/x', PYTHONSTARTUP: '/x', XDG_RUNTIME_DIR: '/run/user/1', npm_config_userconfig: '/x', PS4: '$(x)', 'BASH_FUNC_ls%%': '() { :; }',
      TMPDIR: '/private', UNSET: undefined,
    };
    assert.deepEqual(confinedEnvironment(user, request), { PATH: '/usr/bin', TERM: 'dumb', TREELINE_CONFINED: 'm' });
  });

  it('REQ-WALL-06: time zone, language and toolchains stay as the user has them', () => {
    const user = { PATH: '/usr/bin', HOME: '/home/u', USER: 'u', LOGNAME: 'u', SHELL: '/bin/zsh', TZ: 'Asia/Tokyo', LANG: 'tr_TR.UTF-8', LC_ALL: 'C', CI: 'true', JAVA_HOME: '/opt/jdk', TERM: 'xterm' };
    assert.deepEqual(confinedEnvironment(user, request), { ...user, TERM: 'dumb', TREELINE_CONFINED: 'm' });
  });

  it('REQ-GATE-51: another time zone or PATH is another environment; what a command is not given, and the order of names, are not', () => {
    const user = { PATH: '/usr/bin', TZ: 'UTC', LANG: 'C' };
    const same = [{ LANG: 'C', TZ: 'UTC', PATH: '/usr/bin:relative' }, { ...user, ANTHROPIC_API_KEY: 'k', npm_lifecycle_event: 'test', TERM: 'xterm', TMPDIR: '/private' }];
    const others = [{ ...user, TZ: 'Asia/Tokyo' }, { ...user, PATH: '/usr/bin:/opt/bin' }, { ...user, CI: 'true' }];
    const digest = environmentDigest(user);
    assert.match(digest, /^[0-9a-f]{16}$/);
    assert.deepEqual([same.map((one) => environmentDigest(one) === digest), others.map((one) => environmentDigest(one) === digest)], [[true, true], [false, false, false]]);
  });

  it('REQ-WALL-06: relative entries of PATH are dropped, and an empty PATH becomes the usual one', () => {
    assert.equal(confinedEnvironment({ PATH: '.:/a::node_modules/.bin:/b:/a' }, request)['PATH'], '/a:/b');
    assert.equal(confinedEnvironment({}, request)['PATH'], '/usr/local/bin:/usr/bin:/bin');
  });

  it('REQ-WALL-06: certificates, proxies and registries come with the network, but no address that carries a password', () => {
    const user = { PATH: '/a', NODE_EXTRA_CA_CERTS: '/c.pem', https_proxy: 'http://proxy:3128', HTTP_PROXY: 'http://u:p@proxy:3128', no_proxy: 'localhost', npm_config_registry: 'https://mirror', PIP_INDEX_URL: 'https://t:s@mirror' };
    assert.deepEqual(confinedEnvironment(user, { ...request, network: true }),
      { PATH: '/a', NODE_EXTRA_CA_CERTS: '/c.pem', https_proxy: 'http://proxy:3128', no_proxy: 'localhost', npm_config_registry: 'https://mirror', TERM: 'dumb', TREELINE_CONFINED: 'm' });
    assert.deepEqual(confinedEnvironment(user, request), { PATH: '/a', TERM: 'dumb', TREELINE_CONFINED: 'm' });
  });

  it('REQ-WALL-05: what the caller adds comes on top, the mark last', () => {
    assert.deepEqual(confinedEnvironment({ PATH: '/a', LANG: 'C' }, { ...request, walls: false, added: { LANG: 'de', PATH: '/b', TREELINE_CONFINED: 'forged', REPORT: '/r' } }),
      { PATH: '/b', LANG: 'de', TERM: 'dumb', REPORT: '/r', TREELINE_CONFINED: 'm' });
  });
});
