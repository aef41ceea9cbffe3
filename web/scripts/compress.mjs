// Beside every built text file: its brotli and gzip, for the edge to send as they are.
import { readFile, readdir, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const dist = new URL("../dist/", import.meta.url);
const texts = /\.(js|css|svg|json|webmanifest)$/;
// Below it the saving is less than the headers.
const smallest = 512;

const names = (await readdir(dist, { recursive: true })).filter(
  (name) => texts.test(name) && !name.startsWith("."),
);
await Promise.all(
  names.map(async (name) => {
    const path = new URL(name, dist);
    const content = await readFile(path);
    if (content.length < smallest) return;
    const quality = {
      params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length },
    };
    const [br, gz] = await Promise.all([
      promisify(brotliCompress)(content, quality),
      promisify(gzip)(content, { level: 9 }),
    ]);
    await Promise.all([writeFile(`${path.pathname}.br`, br), writeFile(`${path.pathname}.gz`, gz)]);
  }),
);
