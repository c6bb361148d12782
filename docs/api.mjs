// The package's types as users compile against them, one report in docs/api for each entry of the exports map: a
// change of them shows in a diff, and fails `cargo xtask test types` until it is accepted.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';

const ACCEPT = 'cargo xtask docs --accept-api';
const root = join(import.meta.dirname, '..');
const reports = join(import.meta.dirname, 'api');
const made = join(root, 'target/api');
const accept = process.argv.includes('--accept');
const { exports } = JSON.parse(readFileSync(join(root, 'pkg-template/package.json'), 'utf8'));

const entries = [...new Set(Object.values(exports).map(typesOf).filter(Boolean))].map((file) =>
  basename(file, '.d.ts'),
);
for (const folder of [reports, made]) mkdirSync(folder, { recursive: true });
const changed = entries.filter((entry) => !isAsReported(entry));
const left = readdirSync(reports).filter((file) => !entries.includes(basename(file, '.api.md')));
if (accept) for (const file of left) rmSync(join(reports, file));
if (!accept && (changed.length > 0 || left.length > 0)) {
  for (const name of [...changed, ...left]) console.error(`docs/api: ${name} is not what it was`);
  for (const name of changed) difference(join(reports, `${name}.api.md`), join(made, `${name}.api.md`));
  console.error(`If users are to see this change, accept it with \`${ACCEPT}\` and commit docs/api.`);
  process.exitCode = 1;
}

function difference(before, after) {
  // It ends with 1 where there is one.
  spawnSync('git', ['--no-pager', 'diff', '--no-index', '--', before, after], { stdio: 'inherit' });
}

/** The first types that an entry of the exports map names, whatever the condition. */
function typesOf(entry) {
  if (typeof entry !== 'object') return undefined;
  return entry.types ?? Object.values(entry).map(typesOf).find(Boolean);
}

function isAsReported(entry) {
  const config = ExtractorConfig.prepare({
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: `<projectFolder>/pkg-template/types/${entry}.d.ts`,
      newlineKind: 'lf',
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            target: 'es2022',
            module: 'nodenext',
            moduleResolution: 'nodenext',
            lib: ['es2022', 'dom', 'dom.iterable', 'dom.asynciterable'],
            types: [],
            strict: true,
          },
          include: [`pkg-template/types/${entry}.d.ts`],
        },
      },
      apiReport: {
        enabled: true,
        reportFileName: entry,
        reportFolder: reports,
        reportTempFolder: made,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        // Comments are TypeDoc's to check (`cargo xtask docs`).
        extractorMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
        tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
        compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(root, 'pkg-template/package.json'),
  });
  const { apiReportChanged, errorCount } = Extractor.invoke(config, {
    localBuild: accept,
    showVerboseMessages: false,
    messageCallback: (message) => {
      message.handled = message.logLevel !== ExtractorLogLevel.Error;
    },
  });
  if (errorCount > 0) process.exitCode = 1;
  return !apiReportChanged;
}
