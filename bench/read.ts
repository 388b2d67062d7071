/** What bench/large.ts measures as "reading": both artifacts of a folder, and what the failed tests in them look at. */
import { join } from 'node:path';
import { readRun } from '../src/artifacts/read-run.ts';

void read(process.argv[2] ?? '');

async function read(folder: string): Promise<void> {
  const paths = {
    projectDir: null,
    targetDir: folder,
    runResults: [join(folder, 'run_results.json')],
    manifest: join(folder, 'manifest.json'),
    sources: null,
  };
  const { results, manifest } = await readRun(paths, { environment: null });
  const failed = results.filter(({ status }) => status === 'fail');
  const names = failed.flatMap(({ uniqueId }) =>
    manifest.parents(uniqueId).map((parent) => manifest.node(parent)?.name),
  );
  console.log(`${results.length} results, ${new Set(names).size} models with failed tests`);
}
