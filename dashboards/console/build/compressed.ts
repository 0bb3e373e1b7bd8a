import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

const TEXT = /\.(?:js|css|html|svg|webmanifest)$/
/** Smaller files fit into one packet as they are. */
const SMALLEST_BYTES = 1024

/** Lays a `.gz` and a `.br` beside every text of the build, so that the gateway never compresses anything. */
export function compressed(): Plugin {
  return {
    name: 'hallwatt-compressed',
    apply: 'build',
    writeBundle({ dir }) {
      for (const name of readdirSync(dir!, { recursive: true, encoding: 'utf8' })) {
        if (!TEXT.test(name)) continue
        const file = join(dir!, name)
        const text = readFileSync(file)
        if (text.length < SMALLEST_BYTES) continue
        writeFileSync(`${file}.gz`, gzipSync(text, { level: 9 }))
        const quality = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY }
        writeFileSync(`${file}.br`, brotliCompressSync(text, { params: quality }))
      }
    },
  }
}
