/**
 * Who may import whom. Each folder has a list of what it may reach; whatever is not in it is refused.
 * test/architecture.test.ts runs this over the sources and over a planted violation of every rule.
 */
const { builtinModules } = require('node:module');

const folders = [
  'bin',
  'cli',
  'connectors',
  'contract',
  'demo',
  'editor',
  'nodes',
  'sandbox',
  'scripts',
  'server',
  'test',
];
const ours = `^(${folders.join('|')})/`;
const tests = ['^test/', '\\.test\\.tsx?$'];
const zod = '(^|/)node_modules/zod/';
/** Reads JavaScript and does nothing else. */
const acorn = '(^|/)node_modules/acorn/';
const serverPackages =
  'knex|express|sqlite3|pg|pg-boss|jsforce|pino|undici|helmet|prom-client|nodemailer|ssh2-sftp-client|quickjs-emscripten|@node-rs/argon2|@aws-sdk/[^/]+';

/** What the browser loads: everything it can reach must be able to run there. */
const browser = [
  '^editor/',
  '^nodes/[^/]+/(definition\\.ts|Panel\\.tsx)$',
  '^nodes/kit/panel/',
  '^connectors/[^/]+/definition\\.ts$',
  '^contract/',
];

/**
 * Of our own folders, files in `from` may import those in `to`, and no others.
 *
 * @param {string} name
 * @param {string} comment
 * @param {string} from
 * @param {string[]} to
 */
const mayImportOfOurs = (name, comment, from, to) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, pathNot: tests },
  to: { path: ours, pathNot: to },
});

/**
 * Files in `from` may import those in `to`, and nothing else at all.
 *
 * @param {string} name
 * @param {string} comment
 * @param {string} from
 * @param {string[]} to
 */
const mayImport = (name, comment, from, to) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, pathNot: tests },
  to: { pathNot: to },
});

module.exports = {
  forbidden: [
    mayImport(
      'contract',
      'The leaf that all sides share imports zod and a parser, both without any input or output.',
      '^contract/',
      ['^contract/', zod, acorn],
    ),
    mayImportOfOurs('connectors', 'A connector knows the contract, the kit and itself.', '^connectors/([^/]+)/', [
      '^contract/',
      '^connectors/kit/',
      '^connectors/$1/',
    ]),
    mayImportOfOurs(
      'nodes',
      'A node knows the contract, the kit and itself; connectors come by its context.',
      '^nodes/([^/]+)/',
      ['^contract/', '^nodes/kit/', '^nodes/$1/'],
    ),
    mayImport(
      'node-definition',
      'Browser and server both load it. It may be split, but its parts reach no server and no panel either.',
      '^nodes/([^/]+)/definition\\.ts$',
      ['^contract/', '^nodes/kit/(?!panel/)', '^nodes/$1/(?!run\\.ts$|Panel\\.tsx$)', zod],
    ),
    mayImport(
      'connector-definition',
      'Browser and server both load it. It may be split, but its parts do not reach the client.',
      '^connectors/([^/]+)/definition\\.ts$',
      ['^contract/', '^connectors/$1/(?!client\\.ts$)', zod],
    ),
    mayImportOfOurs('server', 'The server knows nothing of cli, editor and demo, and nothing of panels.', '^server/', [
      '^server/',
      '^nodes/(?!kit/panel/)[^/]+/(?!Panel\\.tsx$)',
      '^connectors/(?!kit/)',
      '^contract/',
      '^sandbox/',
    ]),
    mayImportOfOurs('editor', 'The editor knows definitions and panels, never what runs.', '^editor/', [
      '^editor/',
      '^nodes/[^/]+/(definition\\.ts|Panel\\.tsx)$',
      '^nodes/kit/(?!run\\.ts$)',
      '^connectors/[^/]+/definition\\.ts$',
      '^contract/',
    ]),
    mayImportOfOurs('cli', 'The command line starts the demo as a process and never imports it.', '^cli/', [
      '^cli/',
      '^server/',
      '^contract/',
    ]),
    mayImportOfOurs('sandbox', 'The sandbox imports nothing of ours.', '^sandbox/', ['^sandbox/']),
    mayImportOfOurs('demo', 'The demo organisations import nothing of ours: they are the outside world.', '^demo/', [
      '^demo/',
    ]),
    mayImportOfOurs('scripts', 'They run before anything is installed.', '^scripts/', ['^scripts/']),
    mayImportOfOurs('bin', 'They run before anything is installed.', '^bin/', ['^bin/', '^scripts/']),
    {
      name: 'package-before-installation',
      comment: 'These run before anything is installed.',
      severity: 'error',
      from: { path: '^(bin|scripts)/', pathNot: tests },
      to: { path: '(^|/)node_modules/' },
    },
    {
      name: 'browser-reaches-server',
      comment: 'From the browser no path leads to what runs on the server.',
      severity: 'error',
      from: { path: browser, pathNot: tests },
      to: {
        path: [
          '^(server|sandbox|cli|demo|scripts)/',
          '^nodes/(?!kit/)[^/]+/run\\.ts$',
          '^connectors/[^/]+/client\\.ts$',
          `(^|/)node_modules/(${serverPackages})/`,
        ],
        reachable: true,
      },
    },
    {
      name: 'browser-reaches-node',
      comment: 'A browser has no fs, crypto or path of Node.',
      severity: 'error',
      from: { path: browser, pathNot: tests },
      to: { path: `^(${builtinModules.join('|')})$`, reachable: true },
    },
    {
      name: 'definition-reaches-panel',
      comment: 'The server loads definitions, and has no React.',
      severity: 'error',
      from: { path: '^(nodes|connectors)/[^/]+/definition\\.ts$' },
      to: {
        path: ['Panel\\.tsx$', '^nodes/kit/panel/', '(^|/)node_modules/(react|react-dom|@mantine/[^/]+)/'],
        reachable: true,
      },
    },
    {
      name: 'product-imports-test',
      comment: 'What tests need stays with the tests.',
      severity: 'error',
      from: { path: ours, pathNot: tests },
      to: { path: tests },
    },
    {
      name: 'cycle',
      comment: 'Two files that need each other are one idea in two places.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'undeclared',
      comment: 'Every package that is imported stands in package.json.',
      severity: 'error',
      from: { path: ours },
      to: { pathNot: '^[.].*[.]tsx?$', dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown', 'undetermined'] },
    },
    {
      name: 'unresolved',
      comment: 'An import that leads nowhere.',
      severity: 'error',
      from: { path: ours },
      to: { couldNotResolve: true },
    },
    {
      name: 'development-only',
      comment: 'The product does not run on packages that only development installs.',
      severity: 'error',
      from: { path: ours, pathNot: [...tests, '^(scripts|bin)/'] },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: '(^|/)node_modules/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json', '.css'],
    },
  },
};
