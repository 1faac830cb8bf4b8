// What ESLint refuses: the rules of the house that an import checker cannot see. Owns them; rooms.cjs owns imports.
// A function of the folder, so that lint.spec.ts can try the same rules on planted violations.
import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

const noDefaultExport = { selector: 'ExportDefaultDeclaration', message: 'Rule 6: export by name.' };
const noBarrel = { selector: 'ExportAllDeclaration', message: 'Rule 6: import the file that has it.' };
const noChance = { selector: "MemberExpression[object.name='Math'][property.name='random']", message: 'Rule 9: chance arrives as data.' };
const worldly = ['Date', 'process', 'fetch', 'console', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'crypto', 'performance'];

/**
 * @param {string} root folder with src/, test/ and tsconfig.json
 * @returns {import('eslint').Linter.Config[]}
 */
export function houseRules(root) {
  return tseslint.config(
    { ignores: ['**/node_modules/', 'dist/', 'media/', 'test/fixtures/', 'src/build/vscodeHost/shims/'] },
    { linterOptions: { reportUnusedDisableDirectives: 'error' } },
    eslint.configs.recommended,
    {
      files: ['**/*.{ts,mjs,cjs}'],
      rules: {
        'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
        'no-restricted-syntax': ['error', noDefaultExport, noBarrel],
        'no-control-regex': 'off', // text from models and processes is cleaned of control characters in several rooms
        eqeqeq: ['error', 'always', { null: 'ignore' }],
      },
    },
    {
      files: ['**/*.ts'],
      extends: [tseslint.configs.recommendedTypeChecked],
      languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: root } },
      rules: {
        '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
        '@typescript-eslint/consistent-type-imports': 'error',
        '@typescript-eslint/no-import-type-side-effects': 'error',
        '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
        '@typescript-eslint/no-unused-vars': ['error', { args: 'after-used', ignoreRestSiblings: true }],
        '@typescript-eslint/require-await': 'off', // a port's method is async although one adapter has nothing to wait for
      },
    },
    {
      files: ['**/*.{mjs,cjs}'],
      languageOptions: {
        globals: Object.fromEntries(['process', 'console', 'URL', 'URLSearchParams', 'Buffer', 'fetch', 'performance', 'structuredClone', 'AbortController',
          'AbortSignal', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate'].map((name) => [name, 'readonly'])),
      },
    },
    { files: ['**/*.cjs'], languageOptions: { globals: { module: 'writable', require: 'readonly', exports: 'writable', __dirname: 'readonly', __filename: 'readonly' } } },
    {
      files: ['src/core/**'],
      rules: {
        'no-restricted-globals': ['error', ...worldly.map((name) => ({ name, message: 'Rule 9: time, chance and the world arrive as data.' }))],
        'no-restricted-syntax': ['error', noDefaultExport, noBarrel, noChance],
      },
    },
    { files: ['test/architecture/eslint.config.mjs'], rules: { 'no-restricted-syntax': 'off' } },
  );
}

export default houseRules(process.cwd());
