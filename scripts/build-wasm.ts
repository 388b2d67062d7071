/**
 * Compiles src/artifacts/json-walker.ts, which is AssemblyScript as well, to WebAssembly, and writes it as text into
 * src/artifacts/json-walker.wasm.ts. With --check it only compares: the same source and compiler give the same bytes.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { main } from 'assemblyscript/asc';

const folder = 'src/artifacts';
const target = `${folder}/json-walker.wasm.ts`;
const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });

const memory = await readFile(`${folder}/json-memory.as`, 'utf8');
const walker = await readFile(`${folder}/json-walker.ts`, 'utf8');
// In AssemblyScript both are one file, and need not import each other.
const source = memory + walker.replace(/^import \{[^}]*\} from '.\/json-memory.ts';/m, '');
const wasm = `/** Made of json-walker.ts by scripts/build-wasm.ts. */\nexport const wasm =\n  '${Buffer.from(await compiled(source)).toString('base64')}';\n`;
if (!values.check) await writeFile(target, wasm);
else if ((await readFile(target, 'utf8')) !== wasm)
  throw new Error(`${target} is not what its source says: run \`npm run wasm\`.`);

async function compiled(text: string): Promise<Uint8Array> {
  let binary: Uint8Array | null = null;
  const options = [
    'walker.ts',
    '--outFile',
    'walker.wasm',
    '-O3',
    '--noAssert',
    '--runtime',
    'stub',
    '--importMemory',
    '--enable',
    'simd',
  ];
  let complaints = '';
  const { error } = await main(options, {
    readFile: (name) => (name === 'walker.ts' ? text : null),
    writeFile(_, contents) {
      if (typeof contents !== 'string') binary = contents;
    },
    listFiles: () => [],
    stderr: { write: (words: string) => (complaints += words) },
  });
  if (error !== null || binary === null) throw new Error(`It does not compile.\n${complaints}`);
  return binary;
}
